//! Keys and certificates, as openssl sees them.

use std::fs;
use std::path::Path;
use std::process::Command;

use plainsail::helm::value::Value;

use crate::context::{Fixed, field};

/// 2026-11-21 08:00:00.
const NOW: i64 = 1_795_248_000;

fn context() -> Fixed {
    Fixed { now: NOW, next: 1 }
}

/// Runs openssl in a folder and returns what it prints, or `None` where there is no openssl.
fn openssl(folder: &Path, arguments: &str) -> Option<String> {
    let output = Command::new("openssl").current_dir(folder).args(arguments.split(' ')).output();
    let Ok(output) = output else {
        println!("openssl is not installed: not checked");
        return None;
    };
    let text = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "openssl {arguments}: {text}");
    Some(text)
}

fn list(items: &[&str]) -> Value {
    Value::list(items.iter().map(|item| Value::str(*item)).collect())
}

#[test]
fn a_chain_of_an_authority_and_a_leaf_verifies() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let mut context = context();
    let authority = context.call("genCA", &[Value::str("my-ca"), Value::Int(365)]);
    let names = list(&["web.default.svc", "*.example.com"]);
    let leaf = context.call(
        "genSignedCert",
        &[Value::str("web"), list(&["10.0.0.1", "::1"]), names, Value::Int(30), authority.clone()],
    );
    fs::write(folder.join("ca.pem"), field(&authority, "Cert")).unwrap();
    fs::write(folder.join("leaf.pem"), field(&leaf, "Cert")).unwrap();
    fs::write(folder.join("leaf.key"), field(&leaf, "Key")).unwrap();

    let verify = format!("verify -x509_strict -attime {} -CAfile ca.pem -purpose sslserver leaf.pem", NOW + 60);
    let Some(verified) = openssl(folder, &verify) else { return };
    assert!(verified.contains("leaf.pem: OK"), "{verified}");
    openssl(folder, "rsa -in leaf.key -check -noout");
    let of_certificate = openssl(folder, "x509 -in leaf.pem -noout -pubkey");
    let of_key = openssl(folder, "pkey -in leaf.key -pubout");
    assert_eq!(of_certificate, of_key);
    let text = openssl(folder, "x509 -in leaf.pem -noout -text").unwrap();
    for expected in [
        "Issuer: CN = my-ca",
        "Subject: CN = web",
        "Not Before: Nov 21 08:00:00 2026 GMT",
        "Not After : Dec 21 08:00:00 2026 GMT",
        "Public-Key: (2048 bit)",
        "DNS:web.default.svc, DNS:*.example.com, IP Address:10.0.0.1, IP Address:0:0:0:0:0:0:0:1",
        "Digital Signature, Key Encipherment\n",
        "TLS Web Server Authentication, TLS Web Client Authentication",
        "CA:FALSE",
    ] {
        assert!(text.contains(expected), "{expected} is not in\n{text}");
    }
    let text = openssl(folder, "x509 -in ca.pem -noout -text").unwrap();
    for expected in ["CA:TRUE", "Digital Signature, Key Encipherment, Certificate Sign\n", "Subject Key Identifier"] {
        assert!(text.contains(expected), "{expected} is not in\n{text}");
    }
}

#[test]
fn keys_of_every_kind_are_sound() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    for kind in ["rsa", "ecdsa", "ed25519", "dsa"] {
        let key = context().text("genPrivateKey", &[Value::str(kind)]);
        assert_eq!(key, context().text("genPrivateKey", &[Value::str(kind)]), "the same seed gives the same key");
        fs::write(folder.join("key.pem"), &key).unwrap();
        if openssl(folder, "pkey -in key.pem -check -noout").is_none() {
            return;
        }
        if kind == "dsa" {
            continue;
        }
        let arguments = [Value::str("cn"), Value::Int(1), Value::str(key)];
        let authority = context().call("genCAWithKey", &arguments);
        let leaf =
            context().call("genSignedCert", &[Value::str("a"), list(&[]), list(&[]), Value::Int(1), authority.clone()]);
        fs::write(folder.join("ca.pem"), field(&authority, "Cert")).unwrap();
        fs::write(folder.join("leaf.pem"), field(&leaf, "Cert")).unwrap();
        let verified = openssl(folder, &format!("verify -attime {} -CAfile ca.pem leaf.pem", NOW + 60)).unwrap();
        assert!(verified.contains("leaf.pem: OK"), "{kind}: {verified}");
    }
}

#[test]
fn keys_that_openssl_made_can_sign() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    for command in [
        "genrsa -traditional -out key.pem 2048",
        "genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out key.pem",
        "genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out key.pem",
        "ecparam -name prime256v1 -genkey -noout -out key.pem",
        "genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-384 -out key.pem",
        "ecparam -name secp384r1 -genkey -noout -out key.pem",
        "genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-521 -out key.pem",
        "genpkey -algorithm ed25519 -out key.pem",
    ] {
        if openssl(folder, command).is_none() {
            return;
        }
        let key = fs::read_to_string(folder.join("key.pem")).unwrap();
        let arguments = [Value::str("own"), list(&[]), list(&["own.example"]), Value::Int(2), Value::str(key)];
        let certificate = context().call("genSelfSignedCertWithKey", &arguments);
        fs::write(folder.join("own.pem"), field(&certificate, "Cert")).unwrap();
        let verified = openssl(folder, &format!("verify -attime {} -CAfile own.pem own.pem", NOW + 60)).unwrap();
        assert!(verified.contains("own.pem: OK"), "{command}: {verified}");
        let of_certificate = openssl(folder, "x509 -in own.pem -noout -pubkey");
        assert_eq!(of_certificate, openssl(folder, "pkey -in key.pem -pubout"), "{command}");
    }
}

#[test]
fn openssl_decrypts_what_we_encrypt_and_the_other_way_round() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let encrypted = context().text("encryptAES", &[Value::str("secret"), Value::str("attack at dawn, or at noon")]);
    let bytes = context().call("b64dec", &[Value::str(encrypted.clone())]);
    let Value::Str(bytes) = bytes else { panic!("no text") };
    let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    fs::write(folder.join("in"), &bytes[16..]).unwrap();
    let mut key = b"secret".to_vec();
    key.resize(32, 0);
    let command = format!("enc -d -aes-256-cbc -K {} -iv {} -in in", hex(&key), hex(&bytes[..16]));
    let Some(text) = openssl(folder, &command) else { return };
    assert_eq!(text, "attack at dawn, or at noon");
    assert_eq!(context().text("decryptAES", &[Value::str("secret"), Value::str(encrypted)]), text);
}
