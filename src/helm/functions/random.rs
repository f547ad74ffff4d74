//! sprig's functions whose result is random. What they draw comes from the [`Context`], which may refuse or be seeded.

use super::{Context, Failure, Function, Param, arguments};
use crate::helm::go::utf8;
use crate::helm::value::Value;

/// The functions of this family.
pub(super) const FUNCTIONS: &[Function] = &[
    Function { name: "randAlpha", params: &[Param::Int], variadic: None, body: rand_alpha },
    Function { name: "randAlphaNum", params: &[Param::Int], variadic: None, body: rand_alpha_num },
    Function { name: "randAscii", params: &[Param::Int], variadic: None, body: rand_ascii },
    Function { name: "randInt", params: &[Param::Int, Param::Int], variadic: None, body: rand_int },
    Function { name: "randNumeric", params: &[Param::Int], variadic: None, body: rand_numeric },
    Function { name: "shuffle", params: &[Param::Str], variadic: None, body: shuffle },
    Function { name: "uuidv4", params: &[], variadic: None, body: uuidv4 },
];

/// Draws a number below a bound, each as likely as the others.
fn below(context: &mut dyn Context, function: &'static str, bound: u64) -> Result<u64, Failure> {
    let limit = u64::MAX - u64::MAX % bound;
    loop {
        let mut bytes = [0; 8];
        context.random(function, &mut bytes)?;
        let number = u64::from_le_bytes(bytes);
        if number < limit {
            return Ok(number % bound);
        }
    }
}

fn text_of(
    context: &mut dyn Context,
    function: &'static str,
    arguments: &[Value],
    fits: fn(u8) -> bool,
) -> Result<Value, Failure> {
    let alphabet: Vec<u8> = (b' '..=b'~').filter(|&byte| fits(byte)).collect();
    // goutils returns an error for a negative count, and sprig drops it.
    let count = usize::try_from(arguments::int(arguments, 0)?).unwrap_or(0);
    context.spend(count)?;
    let limit = 256 - 256 % alphabet.len();
    let mut out = Vec::with_capacity(count);
    let mut bytes = [0; 64];
    while out.len() < count {
        context.random(function, &mut bytes)?;
        let fair = bytes.iter().map(|&byte| usize::from(byte)).filter(|&byte| byte < limit);
        out.extend(fair.map(|byte| alphabet[byte % alphabet.len()]).take(count - out.len()));
    }
    Ok(Value::str(out))
}

fn rand_alpha(context: &mut dyn Context, arguments: &[Value]) -> Result<Value, Failure> {
    text_of(context, "randAlpha", arguments, |byte| byte.is_ascii_alphabetic())
}

fn rand_alpha_num(context: &mut dyn Context, arguments: &[Value]) -> Result<Value, Failure> {
    text_of(context, "randAlphaNum", arguments, |byte| byte.is_ascii_alphanumeric())
}

/// What asking for a random number counts, in the order of what it takes in time.
const DRAW: usize = 16;

fn rand_ascii(context: &mut dyn Context, arguments: &[Value]) -> Result<Value, Failure> {
    text_of(context, "randAscii", arguments, |_| true)
}

fn rand_numeric(context: &mut dyn Context, arguments: &[Value]) -> Result<Value, Failure> {
    text_of(context, "randNumeric", arguments, |byte| byte.is_ascii_digit())
}

fn rand_int(context: &mut dyn Context, arguments: &[Value]) -> Result<Value, Failure> {
    let (least, bound) = (arguments::int(arguments, 0)?, arguments::int(arguments, 1)?);
    let size = bound.wrapping_sub(least);
    if size <= 0 {
        return Err("invalid argument to Intn".into());
    }
    Ok(Value::Int(least.wrapping_add(below(context, "randInt", size as u64)? as i64)))
}

fn shuffle(context: &mut dyn Context, arguments: &[Value]) -> Result<Value, Failure> {
    let mut runes: Vec<char> = utf8::runes(arguments::text(arguments, 0)?).map(|(_, rune, _)| rune).collect();
    context.spend(runes.len() * DRAW)?;
    for index in (1..runes.len()).rev() {
        let other = below(context, "shuffle", index as u64 + 1)? as usize;
        runes.swap(index, other);
    }
    Ok(Value::str(runes.into_iter().collect::<String>()))
}

fn uuidv4(context: &mut dyn Context, _: &[Value]) -> Result<Value, Failure> {
    let mut bytes = [0; 16];
    context.random("uuidv4", &mut bytes)?;
    bytes[6] = bytes[6] & 0x0f | 0x40;
    bytes[8] = bytes[8] & 0x3f | 0x80;
    let digits = format!("{:032x}", u128::from_be_bytes(bytes));
    let parts = [&digits[..8], &digits[8..12], &digits[12..16], &digits[16..20], &digits[20..]];
    Ok(Value::str(parts.join("-")))
}
