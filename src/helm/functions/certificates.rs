//! Keys and certificates: `genPrivateKey`, `genCA`, `genSelfSignedCert`, `genSignedCert`, `buildCustomCert`.
//!
//! Clock and randomness are asked when a function is called; the work of making a key is done when a field of the result
//! is read, from the seed that was drawn. Charts make many certificates that no output needs.

use std::any::Any;
use std::cell::OnceCell;
use std::net::IpAddr;
use std::rc::Rc;

use super::{Context, Failure, Function, Param, arguments};
use crate::helm::go::base;
use crate::helm::go::fmt::display;
use crate::helm::value::{Host, Map, MapType, Value};
use crate::helm::x509::{Authority, Block, Certificate, Error, NO_END, PrivateKey, Seed, Template, Usage};
use crate::yaml::Str;

/// The size of the keys of certificates, as sprig has it.
const CERTIFICATE_BITS: u32 = 2048;
/// The size of the keys of `genPrivateKey`.
const KEY_BITS: u32 = 4096;
/// What making the key of a certificate counts against the caps of a rendering, in the order of what it takes in time.
const CERTIFICATE_COST: usize = 2_000_000;
/// What `genPrivateKey` counts.
const KEY_COST: usize = 20_000_000;
/// So many certificates, each signed by the next, are made later; a longer chain is made as it is asked for.
const LONGEST_CHAIN: usize = 8;

const CERTIFICATE: Param = Param::Named("sprig.certificate");

/// The functions of this family.
pub(super) const FUNCTIONS: &[Function] = &[
    Function { name: "genPrivateKey", params: &[Param::Str], variadic: None, body: gen_private_key },
    Function { name: "genCA", params: &[Param::Str, Param::Int], variadic: None, body: gen_ca },
    Function {
        name: "genCAWithKey",
        params: &[Param::Str, Param::Int, Param::Str],
        variadic: None,
        body: gen_ca_with_key,
    },
    Function {
        name: "genSelfSignedCert",
        params: &[Param::Str, Param::List, Param::List, Param::Int],
        variadic: None,
        body: gen_self_signed,
    },
    Function {
        name: "genSelfSignedCertWithKey",
        params: &[Param::Str, Param::List, Param::List, Param::Int, Param::Str],
        variadic: None,
        body: gen_self_signed_with_key,
    },
    Function {
        name: "genSignedCert",
        params: &[Param::Str, Param::List, Param::List, Param::Int, CERTIFICATE],
        variadic: None,
        body: gen_signed,
    },
    Function {
        name: "genSignedCertWithKey",
        params: &[Param::Str, Param::List, Param::List, Param::Int, CERTIFICATE, Param::Str],
        variadic: None,
        body: gen_signed_with_key,
    },
    Function { name: "buildCustomCert", params: &[Param::Str, Param::Str], variadic: None, body: build_custom },
];

fn gen_private_key(context: &mut dyn Context, arguments: &[Value]) -> Result<Value, Failure> {
    let kind = arguments::text(arguments, 0)?;
    if !matches!(kind, b"" | b"rsa" | b"dsa" | b"ecdsa" | b"ed25519") {
        return Ok(Value::str([b"Unknown type ", kind].concat()));
    }
    context.spend(KEY_COST)?;
    let seed = draw(context, "genPrivateKey")?;
    let key = match kind {
        b"ecdsa" => Some(PrivateKey::ecdsa(&seed)),
        b"ed25519" => Some(PrivateKey::ed25519(&seed)),
        b"dsa" => PrivateKey::dsa(&seed),
        _ => return Ok(Value::Host(Rc::new(RsaKeyText { seed, text: OnceCell::new() }))),
    };
    key.map(|key| Value::str(key.to_pem())).ok_or_else(|| Failure::from("failed to generate private key"))
}

fn gen_ca(context: &mut dyn Context, arguments: &[Value]) -> Result<Value, Failure> {
    let template = authority_template(context, "genCA", arguments)?;
    make(context, template, Key::Seeded, Signer::Own)
}

fn gen_ca_with_key(context: &mut dyn Context, arguments: &[Value]) -> Result<Value, Failure> {
    let key = given_key(arguments, 2)?;
    let template = authority_template(context, "genCAWithKey", arguments)?;
    make(context, template, key, Signer::Own)
}

fn gen_self_signed(context: &mut dyn Context, arguments: &[Value]) -> Result<Value, Failure> {
    let template = leaf_template(context, "genSelfSignedCert", arguments)?;
    make(context, template, Key::Seeded, Signer::Own)
}

fn gen_self_signed_with_key(context: &mut dyn Context, arguments: &[Value]) -> Result<Value, Failure> {
    let key = given_key(arguments, 4)?;
    let template = leaf_template(context, "genSelfSignedCertWithKey", arguments)?;
    make(context, template, key, Signer::Own)
}

fn gen_signed(context: &mut dyn Context, arguments: &[Value]) -> Result<Value, Failure> {
    let signer = signer(arguments, 4)?;
    let template = leaf_template(context, "genSignedCert", arguments)?;
    make(context, template, Key::Seeded, signer)
}

fn gen_signed_with_key(context: &mut dyn Context, arguments: &[Value]) -> Result<Value, Failure> {
    let key = given_key(arguments, 5)?;
    let signer = signer(arguments, 4)?;
    let template = leaf_template(context, "genSignedCertWithKey", arguments)?;
    make(context, template, key, signer)
}

fn build_custom(_: &mut dyn Context, arguments: &[Value]) -> Result<Value, Failure> {
    let certificate = base::decode64(arguments::text(arguments, 0)?)
        .map_err(|_| Failure::from("unable to decode base64 certificate"))?;
    let key = base::decode64(arguments::text(arguments, 1)?)
        .map_err(|_| Failure::from("unable to decode base64 private key"))?;
    let block = Block::decode(&certificate).ok_or_else(|| Failure::from("unable to decode certificate"))?;
    Certificate::from_der(&block.bytes)
        .map_err(|reason| Failure::from(format!("error parsing certificate: decodedCert.Bytes: {reason}")))?;
    PrivateKey::from_pem(&key).map_err(|error| unreadable("error parsing private key", error))?;
    Ok(CertificateHost::ready(Pair { certificate: certificate.into(), key: key.into() }))
}

fn draw(context: &mut dyn Context, function: &'static str) -> Result<Seed, Failure> {
    let mut bytes = [0; 32];
    context.random(function, &mut bytes)?;
    Ok(Seed::new(bytes))
}

fn given_key(arguments: &[Value], index: usize) -> Result<Key, Failure> {
    PrivateKey::from_pem(arguments::text(arguments, index)?)
        .map(|key| Key::Given(Box::new(key)))
        .map_err(|error| unreadable("parsing private key", error))
}

/// Says in sprig's words why a key cannot be used.
fn unreadable(context: &str, error: Error) -> Failure {
    match error {
        Error::NotBuilt(what) => Failure::NotBuilt(what.to_owned()),
        other => Failure::from(format!("{context}: {other}")),
    }
}

fn signer(arguments: &[Value], index: usize) -> Result<Signer, Failure> {
    match arguments::any(arguments, index) {
        Value::Host(host) => match arguments::as_host::<CertificateHost>(host) {
            // One that is not made yet is made here and sound; one that was given is read now, so that its faults show.
            Some(certificate) if certificate.pair.get().is_none() || certificate.lacks_key() => {
                Ok(Signer::Host(Rc::clone(host)))
            }
            Some(certificate) => Ok(Signer::Authority(Box::new(certificate.authority()?))),
            None => Err(Failure::from("the signer is no certificate")),
        },
        _ => Err(Failure::from("the signer is no certificate")),
    }
}

fn authority_template(
    context: &mut dyn Context,
    function: &'static str,
    arguments: &[Value],
) -> Result<Template, Failure> {
    template(context, function, arguments, arguments::int(arguments, 1)?, Usage::Authority)
}

fn leaf_template(context: &mut dyn Context, function: &'static str, arguments: &[Value]) -> Result<Template, Failure> {
    let addresses = addresses(context, arguments::any(arguments, 1))?;
    let names = names(context, arguments::any(arguments, 2))?;
    let days = arguments::int(arguments, 3)?;
    Ok(Template { addresses, names, ..template(context, function, arguments, days, Usage::Leaf)? })
}

fn template(
    context: &mut dyn Context,
    function: &'static str,
    arguments: &[Value],
    days: i64,
    usage: Usage,
) -> Result<Template, Failure> {
    let common_name = String::from_utf8(arguments::text(arguments, 0)?.to_vec())
        .map_err(|_| Failure::from("error creating certificate: asn1: string not valid UTF-8"))?;
    let now = context.now(function)?;
    // Go's durations wrap around.
    let valid = 86_400_000_000_000_i64.wrapping_mul(days);
    let seconds = |nanoseconds: i128| nanoseconds.div_euclid(1_000_000_000) as i64;
    let not_after = if context.certificates_end() { seconds(now + i128::from(valid)) } else { NO_END };
    Ok(Template {
        seed: draw(context, function)?,
        common_name,
        addresses: Vec::new(),
        names: Vec::new(),
        not_before: seconds(now),
        not_after,
        usage,
    })
}

fn addresses(context: &mut dyn Context, list: &Value) -> Result<Vec<IpAddr>, Failure> {
    texts(context, list, "error parsing ip")?
        .into_iter()
        .map(|text| {
            let address = text.as_utf8().and_then(|text| text.parse().ok());
            address.ok_or_else(|| Failure::from(format!("error parsing ip: {}", text.lossy())))
        })
        .collect()
}

fn names(context: &mut dyn Context, list: &Value) -> Result<Vec<String>, Failure> {
    let names = texts(context, list, "error processing alternate dns name")?;
    Ok(names.into_iter().map(|name| name.lossy().into_owned()).collect())
}

fn texts(context: &mut dyn Context, list: &Value, what: &str) -> Result<Vec<Str>, Failure> {
    let Value::List(list) = list else { return Ok(Vec::new()) };
    let profile = context.profile();
    list.items()
        .iter()
        .map(|item| match item {
            Value::Str(text) => Ok(text.clone()),
            other => {
                let shown = display(other, profile)?;
                Err(Failure::from(format!("{what}: {} is not a string", shown.lossy())))
            }
        })
        .collect()
}

fn make(context: &mut dyn Context, template: Template, key: Key, signer: Signer) -> Result<Value, Failure> {
    template.check().map_err(failure)?;
    context.spend(CERTIFICATE_COST)?;
    let recipe = Recipe { template, key, signer };
    // Making one makes those that it hangs from, one within the other.
    if matches!(recipe.key, Key::Seeded) && recipe.chain() < LONGEST_CHAIN {
        return Ok(Value::Host(Rc::new(CertificateHost { pair: OnceCell::new(), recipe: Some(recipe) })));
    }
    let pair = recipe.make().map_err(failure)?;
    Ok(Value::Host(Rc::new(CertificateHost { pair: OnceCell::from(Some(pair)), recipe: Some(recipe) })))
}

fn failure(error: Error) -> Failure {
    Failure::Error(error.to_string())
}

/// Where the key of a certificate comes from.
#[derive(Debug)]
enum Key {
    Seeded,
    Given(Box<PrivateKey>),
}

/// Who signs a certificate.
#[derive(Debug)]
enum Signer {
    Own,
    Authority(Box<Authority>),
    /// A certificate whose key is not made yet.
    Host(Rc<dyn Host>),
}

/// All that a certificate will be made of.
#[derive(Debug)]
struct Recipe {
    template: Template,
    key: Key,
    signer: Signer,
}

impl Recipe {
    /// Returns how many certificates must be made before this one.
    fn chain(&self) -> usize {
        let mut length = 0;
        let mut recipe = self;
        while let Signer::Host(host) = &recipe.signer
            && let Some(above) = arguments::as_host::<CertificateHost>(host)
            && above.pair.get().is_none()
            && let Some(next) = &above.recipe
        {
            length += 1;
            recipe = next;
        }
        length
    }

    fn make(&self) -> Result<Pair, Error> {
        let key = match &self.key {
            Key::Given(key) => (**key).clone(),
            Key::Seeded => PrivateKey::rsa(&self.template.seed, CERTIFICATE_BITS)
                .ok_or(Error::Signer("the key could not be made"))?,
        };
        let certificate = match &self.signer {
            Signer::Own => self.template.sign(&key, None)?,
            Signer::Authority(authority) => self.template.sign(&key, Some(authority))?,
            Signer::Host(host) => {
                let authority = arguments::as_host::<CertificateHost>(host)
                    .and_then(|host| host.authority().ok())
                    .ok_or(Error::Signer("the signer could not be made"))?;
                self.template.sign(&key, Some(&authority))?
            }
        };
        Ok(Pair { certificate: certificate.into(), key: key.to_pem().into() })
    }
}

/// The text of an RSA key that is not made yet. Templates never see it: the machine puts a stand-in in its place.
#[derive(Debug)]
struct RsaKeyText {
    seed: Seed,
    text: OnceCell<Str>,
}

impl Host for RsaKeyText {
    fn type_name(&self) -> &'static str {
        "string"
    }

    fn kind(&self) -> &'static str {
        "string"
    }

    fn stands_for_text(&self) -> Option<&'static str> {
        Some("Text")
    }

    fn field(&self, _: &str) -> Option<Value> {
        let make = || PrivateKey::rsa(&self.seed, KEY_BITS).map(|key| key.to_pem().into()).unwrap_or_default();
        Some(Value::Str(self.text.get_or_init(make).clone()))
    }

    fn promised(&self, _: &str) -> Option<&'static str> {
        self.stands_for_text()
    }

    fn print(&self, out: &mut Vec<u8>) {
        if let Value::Str(text) = self.to_plain() {
            out.extend_from_slice(&text);
        }
    }

    fn to_plain(&self) -> Value {
        self.field("Text").unwrap_or_default()
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

#[derive(Debug)]
struct Pair {
    certificate: Str,
    key: Str,
}

/// sprig's `certificate`, with the fields `Cert` and `Key`.
#[derive(Debug)]
pub(super) struct CertificateHost {
    pair: OnceCell<Option<Pair>>,
    recipe: Option<Recipe>,
}

impl CertificateHost {
    fn ready(pair: Pair) -> Value {
        Value::Host(Rc::new(Self { pair: OnceCell::from(Some(pair)), recipe: None }))
    }

    /// Returns the texts, made now if they were not yet. What could fail has been checked when the recipe was written.
    fn pair(&self) -> Option<&Pair> {
        self.pair.get_or_init(|| self.recipe.as_ref().and_then(|recipe| recipe.make().ok())).as_ref()
    }

    fn authority(&self) -> Result<Authority, Failure> {
        let pair = self.pair().ok_or_else(|| Failure::from("unable to decode certificate"))?;
        let block = Block::decode(&pair.certificate).ok_or_else(|| Failure::from("unable to decode certificate"))?;
        let certificate = Certificate::from_der(&block.bytes)
            .map_err(|reason| Failure::from(format!("error parsing certificate: decodedSignerCert.Bytes: {reason}")))?;
        let key = PrivateKey::from_pem(&pair.key).map_err(|error| unreadable("error parsing private key", error))?;
        Authority::new(certificate, key).map_err(failure)
    }
}

/// What becomes of a certificate where an older one is known.
pub(super) enum Older {
    /// It takes the place of the one that was made.
    Kept(Value),
    /// It does not fit what is asked for now.
    Unfit,
}

impl CertificateHost {
    /// Tells whether this was kept from before without its key, which nobody printed.
    fn lacks_key(&self) -> bool {
        matches!(self.pair.get(), Some(Some(pair)) if pair.key.is_empty())
    }

    /// Fails where the certificate would have to be signed with a key that nobody knows any more.
    pub(super) fn check_signer(&self) -> Result<(), Failure> {
        let Some(Recipe { signer: Signer::Host(host), .. }) = &self.recipe else { return Ok(()) };
        match arguments::as_host::<Self>(host) {
            Some(signer) if signer.lacks_key() => {
                Err("the key of the authority that signs is not in what is committed".into())
            }
            _ => Ok(()),
        }
    }

    /// Puts an older certificate in the place of one that is not made yet, if it says the same and hangs from the same
    /// authority. Without a key it can be shown, and sign nothing.
    pub(super) fn keep(&self, certificate: &Str, key: Option<&Str>) -> Older {
        if self.is_same(certificate, key).is_none() {
            return Older::Unfit;
        }
        let pair = Pair { certificate: certificate.clone(), key: key.cloned().unwrap_or_default() };
        Older::Kept(Self::ready(pair))
    }

    fn is_same(&self, certificate: &Str, key: Option<&Str>) -> Option<()> {
        let recipe = self.recipe.as_ref()?;
        let older = read_certificate(certificate)?;
        let signer = match &recipe.signer {
            Signer::Own => None,
            Signer::Authority(authority) => Some(authority.certificate().clone()),
            Signer::Host(host) => {
                let pair = arguments::as_host::<Self>(host)?.pair.get()?.as_ref()?;
                Some(read_certificate(&pair.certificate)?)
            }
        };
        let is_given = match &recipe.key {
            Key::Seeded => true,
            Key::Given(key) => older.is_of(key),
        };
        let key_fits = is_given && key.is_none_or(|key| PrivateKey::from_pem(key).is_ok_and(|key| older.is_of(&key)));
        (key_fits && older.fits(&recipe.template, signer.as_ref())).then_some(())
    }
}

fn read_certificate(text: &[u8]) -> Option<Certificate> {
    Certificate::from_der(&Block::decode(text)?.bytes).ok()
}

impl Host for CertificateHost {
    fn type_name(&self) -> &'static str {
        "sprig.certificate"
    }

    fn kind(&self) -> &'static str {
        "struct"
    }

    fn field(&self, name: &str) -> Option<Value> {
        match name {
            "Cert" => self.pair().map(|pair| Value::Str(pair.certificate.clone())),
            "Key" => self.pair().map(|pair| Value::Str(pair.key.clone())),
            _ => None,
        }
    }

    fn promised(&self, field: &str) -> Option<&'static str> {
        if self.pair.get().is_some() {
            return None;
        }
        ["Cert", "Key"].into_iter().find(|name| *name == field)
    }

    fn print(&self, out: &mut Vec<u8>) {
        if let Some(pair) = self.pair() {
            out.extend_from_slice(&[b"{", pair.certificate.as_bytes(), b" ", &pair.key, b"}"].concat());
        }
    }

    fn fields(&self) -> Option<Vec<(&'static str, Value)>> {
        let pair = self.pair()?;
        Some(vec![("Cert", Value::Str(pair.certificate.clone())), ("Key", Value::Str(pair.key.clone()))])
    }

    fn to_plain(&self) -> Value {
        let fields = self.fields().unwrap_or_default();
        Value::Map(Map::from_entries(MapType::Any, fields.into_iter().map(|(name, value)| (name.into(), value))))
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}
