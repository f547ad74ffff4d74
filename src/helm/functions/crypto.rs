//! Passwords and ciphers: `bcrypt`, `htpasswd`, `derivePassword`, `encryptAES`, `decryptAES`, `randBytes`.

use aes::Aes256;
use aes::cipher::{BlockCipherDecrypt, BlockCipherEncrypt, KeyInit};
use hmac::{Hmac, Mac};
use sha2::Sha256;

use super::{Context, Failure, Function, Param, arguments};
use crate::helm::go::base;
use crate::helm::value::Value;

/// The functions of this family.
pub(super) const FUNCTIONS: &[Function] = &[
    Function { name: "bcrypt", params: &[Param::Str], variadic: None, body: bcrypt },
    Function { name: "htpasswd", params: &[Param::Str, Param::Str], variadic: None, body: htpasswd },
    Function {
        name: "derivePassword",
        params: &[Param::Uint32, Param::Str, Param::Str, Param::Str, Param::Str],
        variadic: None,
        body: derive_password,
    },
    Function { name: "encryptAES", params: &[Param::Str, Param::Str], variadic: None, body: encrypt_aes },
    Function { name: "decryptAES", params: &[Param::Str, Param::Str], variadic: None, body: decrypt_aes },
    Function { name: "randBytes", params: &[Param::Int], variadic: None, body: rand_bytes },
];

/// Go's default cost.
const BCRYPT_COST: u32 = 10;
/// The longest password that Go's bcrypt takes.
const BCRYPT_LONGEST: usize = 72;
/// What one bcrypt counts against the caps of a rendering, in the order of what it takes in time.
const HASH_COST: usize = 2_000_000;
/// What one scrypt counts, which takes about twice as long.
const SCRYPT_COST: usize = 2 * HASH_COST;
/// The size of a block of AES.
const BLOCK: usize = 16;

fn bcrypt(context: &mut dyn Context, arguments: &[Value]) -> Result<Value, Failure> {
    hash(context, "bcrypt", arguments::text(arguments, 0)?).map(Value::str)
}

fn htpasswd(context: &mut dyn Context, arguments: &[Value]) -> Result<Value, Failure> {
    let user = arguments::text(arguments, 0)?;
    if user.contains(&b':') {
        return Ok(Value::str([b"invalid username: ", user].concat()));
    }
    let hash = hash(context, "htpasswd", arguments::text(arguments, 1)?)?;
    Ok(Value::str([user, b":", hash.as_bytes()].concat()))
}

fn hash(context: &mut dyn Context, function: &'static str, password: &[u8]) -> Result<String, Failure> {
    const FAILED: &str = "failed to encrypt string with bcrypt: ";
    if password.len() > BCRYPT_LONGEST {
        return Ok(format!("{FAILED}bcrypt: password length exceeds {BCRYPT_LONGEST} bytes"));
    }
    context.spend(HASH_COST)?;
    let mut salt = [0; 16];
    context.random(function, &mut salt)?;
    Ok(bcrypt::hash_with_salt(password, BCRYPT_COST, salt)
        .map_or_else(|error| format!("{FAILED}{error}"), |parts| parts.format_for_version(bcrypt::Version::TwoA)))
}

fn derive_password(context: &mut dyn Context, arguments: &[Value]) -> Result<Value, Failure> {
    const SEED: &[u8] = b"com.lyndir.masterpassword";
    let counter = match arguments::any(arguments, 0) {
        Value::Number(crate::helm::value::Number::Uint32(counter)) => *counter,
        _ => return Err(Failure::from("the counter is no uint32")),
    };
    let kind = arguments::text(arguments, 1)?;
    let (password, user, site) =
        (arguments::text(arguments, 2)?, arguments::text(arguments, 3)?, arguments::text(arguments, 4)?);
    let Some(templates) = password_templates(kind) else {
        return Ok(Value::str([b"cannot find password template ", kind].concat()));
    };
    context.spend(SCRYPT_COST)?;
    let length = |text: &[u8]| (text.len() as u32).to_be_bytes();
    let salt = [SEED, &length(user), user].concat();
    let mut key = [0; 64];
    let failed = |_| Failure::from("failed to derive password");
    let parameters = scrypt::Params::new(15, 8, 2).map_err(|_| Failure::from("failed to derive password"))?;
    scrypt::scrypt(password, &salt, &parameters, &mut key).map_err(|_| Failure::from("failed to derive password"))?;
    let mut mac = Hmac::<Sha256>::new_from_slice(&key).map_err(failed)?;
    mac.update(&[SEED, &length(site), site, &counter.to_be_bytes()].concat());
    let seed = mac.finalize().into_bytes();
    let template = templates[usize::from(seed[0]) % templates.len()];
    let characters = template.bytes().zip(seed.iter().skip(1)).map(|(class, choice)| {
        let characters = characters_of(class);
        characters[usize::from(*choice) % characters.len()]
    });
    Ok(Value::str(characters.collect::<Vec<u8>>()))
}

/// The shapes of passwords, each letter a class of characters; one of the shapes is chosen.
fn password_templates(kind: &[u8]) -> Option<&'static [&'static str]> {
    Some(match kind {
        b"maximum" => &["anoxxxxxxxxxxxxxxxxx", "axxxxxxxxxxxxxxxxxno"],
        b"long" => &[
            "CvcvnoCvcvCvcv",
            "CvcvCvcvnoCvcv",
            "CvcvCvcvCvcvno",
            "CvccnoCvcvCvcv",
            "CvccCvcvnoCvcv",
            "CvccCvcvCvcvno",
            "CvcvnoCvccCvcv",
            "CvcvCvccnoCvcv",
            "CvcvCvccCvcvno",
            "CvcvnoCvcvCvcc",
            "CvcvCvcvnoCvcc",
            "CvcvCvcvCvccno",
            "CvccnoCvccCvcv",
            "CvccCvccnoCvcv",
            "CvccCvccCvcvno",
            "CvcvnoCvccCvcc",
            "CvcvCvccnoCvcc",
            "CvcvCvccCvccno",
            "CvccnoCvcvCvcc",
            "CvccCvcvnoCvcc",
            "CvccCvcvCvccno",
        ],
        b"medium" => &["CvcnoCvc", "CvcCvcno"],
        b"short" => &["Cvcn"],
        b"basic" => &["aaanaaan", "aannaaan", "aaannaaa"],
        b"pin" => &["nnnn"],
        _ => return None,
    })
}

fn characters_of(class: u8) -> &'static [u8] {
    match class {
        b'V' => b"AEIOU",
        b'C' => b"BCDFGHJKLMNPQRSTVWXYZ",
        b'v' => b"aeiou",
        b'c' => b"bcdfghjklmnpqrstvwxyz",
        b'A' => b"AEIOUBCDFGHJKLMNPQRSTVWXYZ",
        b'a' => b"AEIOUaeiouBCDFGHJKLMNPQRSTVWXYZbcdfghjklmnpqrstvwxyz",
        b'n' => b"0123456789",
        b'o' => b"@&%?,=[]_:-+*$#!'^~;()/.",
        _ => b"AEIOUaeiouBCDFGHJKLMNPQRSTVWXYZbcdfghjklmnpqrstvwxyz0123456789!@#$%^&*()",
    }
}

/// The password itself, cut or filled with zeros, is the key.
fn cipher(password: &[u8]) -> Aes256 {
    let mut key = [0; 32];
    let used = password.len().min(key.len());
    key[..used].copy_from_slice(&password[..used]);
    Aes256::new(&key.into())
}

fn encrypt_aes(context: &mut dyn Context, arguments: &[Value]) -> Result<Value, Failure> {
    let (password, text) = (arguments::text(arguments, 0)?, arguments::text(arguments, 1)?);
    if text.is_empty() {
        return Ok(Value::str(""));
    }
    context.spend(text.len())?;
    let cipher = cipher(password);
    let mut last = [0; BLOCK];
    context.random("encryptAES", &mut last)?;
    let padding = BLOCK - text.len() % BLOCK;
    let mut out = last.to_vec();
    let padded = [text, &vec![padding as u8; padding]].concat();
    for chunk in padded.chunks(BLOCK) {
        for (byte, plain) in last.iter_mut().zip(chunk) {
            *byte ^= plain;
        }
        let mut block = last.into();
        cipher.encrypt_block(&mut block);
        last = block.into();
        out.extend_from_slice(&last);
    }
    Ok(Value::str(base::encode64(&out)))
}

fn decrypt_aes(context: &mut dyn Context, arguments: &[Value]) -> Result<Value, Failure> {
    let (password, text) = (arguments::text(arguments, 0)?, arguments::text(arguments, 1)?);
    if text.is_empty() {
        return Ok(Value::str(""));
    }
    context.spend(text.len())?;
    let bytes = base::decode64(text).map_err(|corrupt| Failure::from(corrupt.base64_text()))?;
    // sprig does not look at the length; these are the texts of Go's panics.
    let Some((first, rest)) = bytes.split_at_checked(BLOCK) else {
        let capacity = text.len() / 4 * 3;
        return Err(Failure::Error(format!(
            "runtime error: slice bounds out of range [:{BLOCK}] with capacity {capacity}"
        )));
    };
    if rest.len() % BLOCK != 0 {
        return Err(Failure::from("crypto/cipher: input not full blocks"));
    }
    let cipher = cipher(password);
    let mut out = Vec::with_capacity(rest.len());
    let mut last = first;
    for chunk in rest.chunks_exact(BLOCK) {
        let mut block = [0; BLOCK];
        block.copy_from_slice(chunk);
        let mut block = block.into();
        cipher.decrypt_block(&mut block);
        out.extend(block.iter().zip(last).map(|(byte, before)| byte ^ before));
        last = chunk;
    }
    let Some(padding) = out.last().map(|byte| usize::from(*byte)) else {
        return Err(Failure::from("runtime error: index out of range [-1]"));
    };
    let Some(length) = out.len().checked_sub(padding) else {
        let end = out.len() as i64 - padding as i64;
        return Err(Failure::Error(format!("runtime error: slice bounds out of range [:{end}]")));
    };
    out.truncate(length);
    Ok(Value::str(out))
}

fn rand_bytes(context: &mut dyn Context, arguments: &[Value]) -> Result<Value, Failure> {
    let count = usize::try_from(arguments::int(arguments, 0)?)
        .map_err(|_| Failure::from("runtime error: makeslice: len out of range"))?;
    context.spend(count)?;
    if count > 1 << 26 {
        return Err(Failure::Limit(format!("{count} random bytes")));
    }
    let mut bytes = vec![0; count];
    context.random("randBytes", &mut bytes)?;
    Ok(Value::str(base::encode64(&bytes)))
}
