//! sprig's functions on numbers; each takes anything and makes a number of it first.

use super::decimal::Decimal;
use super::{Context, ELEMENT, Failure, Function, Param, arguments, convert};
use crate::helm::go::{fmt, strconv};
use crate::helm::value::{List, ListType, Value};
use crate::yaml::push_int;

const DIVIDE_BY_ZERO: &str = "runtime error: integer divide by zero";

/// The functions of this family.
pub(super) const FUNCTIONS: &[Function] = &[
    Function { name: "add", params: &[], variadic: Some(Param::Any), body: add },
    Function { name: "add1", params: &[Param::Any], variadic: None, body: add1 },
    Function { name: "add1f", params: &[Param::Any], variadic: None, body: add1f },
    Function { name: "addf", params: &[], variadic: Some(Param::Any), body: addf },
    Function { name: "atoi", params: &[Param::Str], variadic: None, body: atoi },
    Function { name: "biggest", params: &[Param::Any], variadic: Some(Param::Any), body: max },
    Function { name: "ceil", params: &[Param::Any], variadic: None, body: ceil },
    Function { name: "div", params: &[Param::Any, Param::Any], variadic: None, body: div },
    Function { name: "divf", params: &[Param::Any], variadic: Some(Param::Any), body: divf },
    Function { name: "float64", params: &[Param::Any], variadic: None, body: float64 },
    Function { name: "floor", params: &[Param::Any], variadic: None, body: floor },
    Function { name: "int", params: &[Param::Any], variadic: None, body: int },
    Function { name: "int64", params: &[Param::Any], variadic: None, body: int64 },
    Function { name: "max", params: &[Param::Any], variadic: Some(Param::Any), body: max },
    Function { name: "maxf", params: &[Param::Any], variadic: Some(Param::Any), body: maxf },
    Function { name: "min", params: &[Param::Any], variadic: Some(Param::Any), body: min },
    Function { name: "minf", params: &[Param::Any], variadic: Some(Param::Any), body: minf },
    Function { name: "mod", params: &[Param::Any, Param::Any], variadic: None, body: modulo },
    Function { name: "mul", params: &[Param::Any], variadic: Some(Param::Any), body: mul },
    Function { name: "mulf", params: &[Param::Any], variadic: Some(Param::Any), body: mulf },
    Function { name: "round", params: &[Param::Any, Param::Int], variadic: Some(Param::Float), body: round },
    Function { name: "seq", params: &[], variadic: Some(Param::Int), body: seq },
    Function { name: "sub", params: &[Param::Any, Param::Any], variadic: None, body: sub },
    Function { name: "subf", params: &[Param::Any], variadic: Some(Param::Any), body: subf },
    Function { name: "toDecimal", params: &[Param::Any], variadic: None, body: to_decimal },
    Function { name: "until", params: &[Param::Int], variadic: None, body: until },
    Function { name: "untilStep", params: &[Param::Int, Param::Int, Param::Int], variadic: None, body: until_step },
];

fn int64_at(arguments: &[Value], index: usize) -> i64 {
    convert::int64(arguments::any(arguments, index))
}

fn float_at(arguments: &[Value], index: usize) -> f64 {
    convert::float64(arguments::any(arguments, index))
}

fn int(_: &mut dyn Context, arguments: &[Value]) -> Result<Value, Failure> {
    Ok(Value::Int(int64_at(arguments, 0)))
}

fn int64(_: &mut dyn Context, arguments: &[Value]) -> Result<Value, Failure> {
    Ok(Value::Int64(int64_at(arguments, 0)))
}

fn float64(_: &mut dyn Context, arguments: &[Value]) -> Result<Value, Failure> {
    Ok(Value::Float(float_at(arguments, 0)))
}

fn atoi(_: &mut dyn Context, arguments: &[Value]) -> Result<Value, Failure> {
    let text = arguments::text(arguments, 0)?;
    let number = strconv::parse_int(text, 10).unwrap_or_else(|error| match error {
        strconv::NumberError::Syntax => 0,
        // Go gives the nearest number beside the error, and sprig drops the error.
        strconv::NumberError::Range if text.starts_with(b"-") => i64::MIN,
        strconv::NumberError::Range => i64::MAX,
    });
    Ok(Value::Int(number))
}

/// Converts unix octal to decimal.
fn to_decimal(context: &mut dyn Context, arguments: &[Value]) -> Result<Value, Failure> {
    let text = convert::printed(context, |printing| fmt::display(arguments::any(arguments, 0), printing))?;
    context.spend(text.len())?;
    Ok(Value::Int64(strconv::parse_int(&text, 8).unwrap_or(0)))
}

fn add(_: &mut dyn Context, arguments: &[Value]) -> Result<Value, Failure> {
    Ok(Value::Int64(arguments.iter().map(convert::int64).fold(0, i64::wrapping_add)))
}

fn add1(_: &mut dyn Context, arguments: &[Value]) -> Result<Value, Failure> {
    Ok(Value::Int64(int64_at(arguments, 0).wrapping_add(1)))
}

fn sub(_: &mut dyn Context, arguments: &[Value]) -> Result<Value, Failure> {
    Ok(Value::Int64(int64_at(arguments, 0).wrapping_sub(int64_at(arguments, 1))))
}

fn mul(_: &mut dyn Context, arguments: &[Value]) -> Result<Value, Failure> {
    Ok(Value::Int64(arguments.iter().map(convert::int64).fold(1, i64::wrapping_mul)))
}

fn div(_: &mut dyn Context, arguments: &[Value]) -> Result<Value, Failure> {
    match int64_at(arguments, 1) {
        0 => Err(DIVIDE_BY_ZERO.into()),
        divisor => Ok(Value::Int64(int64_at(arguments, 0).wrapping_div(divisor))),
    }
}

fn modulo(_: &mut dyn Context, arguments: &[Value]) -> Result<Value, Failure> {
    match int64_at(arguments, 1) {
        0 => Err(DIVIDE_BY_ZERO.into()),
        divisor => Ok(Value::Int64(int64_at(arguments, 0).wrapping_rem(divisor))),
    }
}

fn max(_: &mut dyn Context, arguments: &[Value]) -> Result<Value, Failure> {
    Ok(Value::Int64(arguments.iter().map(convert::int64).max().unwrap_or(0)))
}

fn min(_: &mut dyn Context, arguments: &[Value]) -> Result<Value, Failure> {
    Ok(Value::Int64(arguments.iter().map(convert::int64).min().unwrap_or(0)))
}

fn maxf(_: &mut dyn Context, arguments: &[Value]) -> Result<Value, Failure> {
    Ok(Value::Float(arguments.iter().skip(1).map(convert::float64).fold(float_at(arguments, 0), larger)))
}

fn minf(_: &mut dyn Context, arguments: &[Value]) -> Result<Value, Failure> {
    let smaller = |a: f64, b: f64| -larger(-a, -b);
    Ok(Value::Float(arguments.iter().skip(1).map(convert::float64).fold(float_at(arguments, 0), smaller)))
}

/// `math.Max`: infinity wins over NaN, NaN over numbers, and zero over minus zero.
fn larger(a: f64, b: f64) -> f64 {
    if a == f64::INFINITY || b == f64::INFINITY {
        f64::INFINITY
    } else if a.is_nan() || b.is_nan() {
        f64::NAN
    } else if a == 0.0 && b == 0.0 {
        if a.is_sign_negative() { b } else { a }
    } else {
        a.max(b)
    }
}

fn floor(_: &mut dyn Context, arguments: &[Value]) -> Result<Value, Failure> {
    Ok(Value::Float(float_at(arguments, 0).floor()))
}

fn ceil(_: &mut dyn Context, arguments: &[Value]) -> Result<Value, Failure> {
    Ok(Value::Float(float_at(arguments, 0).ceil()))
}

fn round(_: &mut dyn Context, arguments: &[Value]) -> Result<Value, Failure> {
    let threshold = arguments.get(2).map_or(0.5, convert::float64);
    let power = power_of_ten(arguments::int(arguments, 1)?);
    let scaled = power * float_at(arguments, 0);
    let fraction = if scaled.is_infinite() { f64::NAN } else { scaled - scaled.trunc() };
    let rounded = if fraction >= threshold { scaled.ceil() } else { scaled.floor() };
    Ok(Value::Float(rounded / power))
}

/// `math.Pow(10, places)`, by the same steps as Go's, since its last digit may be off.
fn power_of_ten(places: i64) -> f64 {
    if places > 400 {
        return f64::INFINITY;
    }
    if places < -400 {
        return 0.0;
    }
    // Go multiplies mantissas (0.625 · 2^4 is ten) by repeated squaring.
    let (mut result, mut exponent) = (1.0_f64, 0_i64);
    let (mut square, mut square_exponent) = (0.625_f64, 4_i64);
    let mut rest = places.unsigned_abs();
    while rest != 0 {
        if rest % 2 == 1 {
            result *= square;
            exponent += square_exponent;
        }
        square *= square;
        square_exponent *= 2;
        if square < 0.5 {
            square += square;
            square_exponent -= 1;
        }
        rest /= 2;
    }
    if places < 0 {
        result = 1.0 / result;
        exponent = -exponent;
    }
    // Two steps, since the power of two alone may be out of range.
    let half = exponent / 2;
    result * 2_f64.powi(half as i32) * 2_f64.powi((exponent - half) as i32)
}

fn calculate(
    arguments: &[Value],
    first: f64,
    rest: usize,
    step: fn(Decimal, Decimal) -> Result<Decimal, Failure>,
) -> Result<Value, Failure> {
    let mut result = Decimal::from_float(first)?;
    for value in arguments.iter().skip(rest) {
        result = step(result, Decimal::from_float(convert::float64(value))?)?;
    }
    Ok(Value::Float(result.to_float()))
}

fn addf(context: &mut dyn Context, arguments: &[Value]) -> Result<Value, Failure> {
    context.spend(arguments.len())?;
    calculate(arguments, 0.0, 0, |a, b| a.add(&b))
}

fn add1f(_: &mut dyn Context, arguments: &[Value]) -> Result<Value, Failure> {
    calculate(&[Value::Int(1)], float_at(arguments, 0), 0, |a, b| a.add(&b))
}

fn subf(context: &mut dyn Context, arguments: &[Value]) -> Result<Value, Failure> {
    context.spend(arguments.len())?;
    calculate(arguments, float_at(arguments, 0), 1, |a, b| a.subtract(&b))
}

fn mulf(context: &mut dyn Context, arguments: &[Value]) -> Result<Value, Failure> {
    context.spend(arguments.len())?;
    calculate(arguments, float_at(arguments, 0), 1, |a, b| a.multiply(&b))
}

fn divf(context: &mut dyn Context, arguments: &[Value]) -> Result<Value, Failure> {
    context.spend(arguments.len())?;
    calculate(arguments, float_at(arguments, 0), 1, |a, b| a.divide(&b))
}

/// Returns the numbers from start to before stop; a step in the wrong direction gives none.
fn steps(context: &mut dyn Context, start: i64, stop: i64, step: i64) -> Result<Vec<i64>, Failure> {
    let distance = stop.abs_diff(start);
    if distance == 0 || step == 0 || (stop < start) == (step > 0) {
        return Ok(Vec::new());
    }
    let count = distance.div_ceil(step.unsigned_abs());
    context.spend(usize::try_from(count).unwrap_or(usize::MAX).saturating_mul(ELEMENT))?;
    let mut numbers = Vec::with_capacity(count as usize);
    let mut next = Some(start);
    for _ in 0..count {
        let Some(number) = next else { break };
        numbers.push(number);
        next = number.checked_add(step);
    }
    Ok(numbers)
}

fn ints(numbers: Vec<i64>) -> Value {
    Value::List(List::new(ListType::Ints, numbers.into_iter().map(Value::Int).collect()))
}

fn until(context: &mut dyn Context, arguments: &[Value]) -> Result<Value, Failure> {
    let count = arguments::int(arguments, 0)?;
    Ok(ints(steps(context, 0, count, if count < 0 { -1 } else { 1 })?))
}

fn until_step(context: &mut dyn Context, arguments: &[Value]) -> Result<Value, Failure> {
    let [start, stop, step] = [0, 1, 2].map(|index| arguments::int(arguments, index));
    Ok(ints(steps(context, start?, stop?, step?)?))
}

fn seq(context: &mut dyn Context, arguments: &[Value]) -> Result<Value, Failure> {
    let numbers = (0..arguments.len()).map(|index| arguments::int(arguments, index)).collect::<Result<Vec<_>, _>>()?;
    let (start, end, step) = match numbers[..] {
        [end] => (1, end, None),
        [start, end] => (start, end, None),
        [start, step, end] if end < start && step > 0 => return Ok(Value::str("")),
        [start, step, end] => (start, end, Some(step)),
        _ => return Ok(Value::str("")),
    };
    let direction = if end < start { -1 } else { 1 };
    let numbers = steps(context, start, end.wrapping_add(direction), step.unwrap_or(direction))?;
    let mut out = Vec::new();
    for (index, number) in numbers.into_iter().enumerate() {
        if index > 0 {
            out.push(b' ');
        }
        push_int(&mut out, number);
    }
    Ok(Value::str(out))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn powers_of_ten_are_go_s() {
        assert_eq!([0, 1, 2, 5, 22].map(power_of_ten), [1.0, 10.0, 100.0, 1e5, 1e22]);
        assert_eq!(power_of_ten(-2), 0.01);
    }
}
