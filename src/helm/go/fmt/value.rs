//! Values of every kind by a verb: lists, maps, structs and pointers, and what has methods.

use super::{DEEPEST, Error, LONGEST, Printer};
use crate::helm::go::types;
use crate::helm::value::{Host, List, Map, Number, Value};

impl Printer {
    pub(super) fn print_verb(&mut self, argument: &Value, verb: char) -> Result<(), Error> {
        if verb == 'v' || verb == 'w' {
            self.flags.sharp_v = std::mem::take(&mut self.flags.sharp);
            self.flags.plus_v = std::mem::take(&mut self.flags.plus);
        }
        self.print_argument(argument, verb)
    }

    pub(super) fn print_argument(&mut self, argument: &Value, verb: char) -> Result<(), Error> {
        match (argument, verb) {
            (Value::Nil | Value::Invalid, 'T' | 'v') => self.pad(b"<nil>"),
            (_, 'T') => {
                let name = types::type_name(argument, self.printing.profile);
                self.print_text(name.as_bytes());
            }
            (Value::List(_) | Value::Map(_) | Value::Bytes(_), 'p') => self.print_address(verb, argument)?,
            (Value::Host(host), 'p') if matches!(host.kind(), "ptr" | "map" | "slice") => {
                self.print_address(verb, argument)?;
            }
            (_, 'p') => self.bad_verb(verb, argument)?,
            (Value::Bytes(bytes), _) => self.print_bytes(bytes, verb, argument)?,
            _ => self.print_value(argument, verb, 0)?,
        }
        self.check_length()
    }

    pub(super) fn check_length(&self) -> Result<(), Error> {
        if self.out.len() - self.start > LONGEST { Err(Error::TooLong) } else { Ok(()) }
    }

    pub(super) fn bad_verb(&mut self, verb: char, value: &Value) -> Result<(), Error> {
        self.mark(verb, "(");
        if matches!(value, Value::Nil | Value::Invalid) {
            self.write("<nil>");
        } else {
            let before = std::mem::replace(&mut self.erroring, true);
            self.write(&types::type_name(value, self.printing.profile));
            self.out.push(b'=');
            self.print_argument(value, 'v')?;
            self.erroring = before;
        }
        self.out.push(b')');
        Ok(())
    }

    pub(super) fn print_value(&mut self, value: &Value, verb: char, depth: usize) -> Result<(), Error> {
        match value {
            // Only for errors, and those do not come this way.
            _ if verb == 'w' && !self.erroring => self.bad_verb(verb, value),
            Value::Nil | Value::Invalid => self.bad_verb(verb, value),
            Value::Bool(truth) if matches!(verb, 't' | 'v') => {
                self.pad(if *truth { b"true" } else { b"false" });
                Ok(())
            }
            Value::Bool(_) => self.bad_verb(verb, value),
            Value::Int(number) | Value::Int64(number) => self.print_integer(i128::from(*number), true, verb, value),
            Value::Float(number) => self.print_float(*number, verb, value),
            Value::Str(text) => self.print_string(text, verb, value),
            Value::Bytes(bytes) => self.print_nested_bytes(bytes, verb, value),
            Value::List(list) => self.print_list(list, verb, depth),
            Value::Map(map) => self.print_map(map, verb, depth),
            Value::Number(number) => self.print_number(*number, verb, value),
            Value::Host(host) => self.print_host(&**host, verb, depth, value),
        }
    }

    /// Prints an element of a list or map, where a nil is `<nil>` whatever the verb.
    pub(super) fn print_element(&mut self, value: &Value, verb: char, depth: usize) -> Result<(), Error> {
        if matches!(value, Value::Nil | Value::Invalid) {
            self.write(if self.flags.sharp_v { "interface {}(nil)" } else { "<nil>" });
            return self.check_length();
        }
        if depth > DEEPEST {
            return Err(Error::TooDeep);
        }
        self.print_value(value, verb, depth)?;
        self.check_length()
    }

    pub(super) fn separate(&mut self) {
        self.write(if self.flags.sharp_v { ", " } else { " " });
    }

    pub(super) fn print_list(&mut self, list: &List, verb: char, depth: usize) -> Result<(), Error> {
        if self.flags.sharp_v {
            self.write(types::list_type_name(list.list_type()));
            if list.is_nil() {
                self.write("(nil)");
                return Ok(());
            }
        }
        self.out.push(if self.flags.sharp_v { b'{' } else { b'[' });
        for (index, item) in list.items().iter().enumerate() {
            if index > 0 {
                self.separate();
            }
            self.print_element(item, verb, depth + 1)?;
        }
        self.out.push(if self.flags.sharp_v { b'}' } else { b']' });
        Ok(())
    }

    pub(super) fn print_map(&mut self, map: &Map, verb: char, depth: usize) -> Result<(), Error> {
        if self.flags.sharp_v {
            self.write(types::map_type_name(map.map_type(), self.printing.profile));
            self.out.push(b'{');
        } else {
            self.write("map[");
        }
        for (index, (key, item)) in map.entries().iter().enumerate() {
            if index > 0 {
                self.separate();
            }
            if verb == 'v' && !self.flags.sharp_v {
                self.print_text(key);
            } else {
                self.print_value(&Value::Str(key.clone()), verb, depth + 1)?;
            }
            self.out.push(b':');
            self.print_element(item, verb, depth + 1)?;
        }
        self.out.push(if self.flags.sharp_v { b'}' } else { b']' });
        Ok(())
    }

    pub(super) fn print_number(&mut self, number: Number, verb: char, value: &Value) -> Result<(), Error> {
        if !self.erroring
            && !self.flags.sharp_v
            && matches!(verb, 'v' | 's' | 'x' | 'X' | 'q')
            && let Some(text) = types::number_text(number)
        {
            return self.print_string(text.as_bytes(), verb, value);
        }
        if let Number::Complex(real, imaginary) = number {
            return self.print_complex(real, imaginary, verb, value);
        }
        let signed = !matches!(number, Number::Uint8(_) | Number::Uint32(_) | Number::Uint64(_));
        self.print_integer(types::integer(number), signed, verb, value)
    }

    pub(super) fn print_host(&mut self, host: &dyn Host, verb: char, depth: usize, value: &Value) -> Result<(), Error> {
        if !self.erroring
            && !self.flags.sharp_v
            && matches!(verb, 'v' | 's' | 'x' | 'X' | 'q')
            && let Some(text) = host.text()
        {
            return self.print_string(&text, verb, value);
        }
        if self.flags.sharp_v
            && !self.erroring
            && let Some(text) = host.go_text()
        {
            self.print_text(text.as_bytes());
            return Ok(());
        }
        let fields = host.fields();
        if host.kind() == "ptr" && (depth > 0 || fields.is_none()) {
            return self.print_pointer(host, verb, value);
        }
        if let Some(fields) = fields {
            if host.kind() == "ptr" {
                self.out.push(b'&');
            }
            return self.print_fields(host, &fields, verb, depth);
        }
        if matches!(verb, 'v' | 's') && !self.flags.sharp_v {
            host.print(&mut self.out);
            return Ok(());
        }
        self.mark(verb, "(");
        self.write(host.type_name());
        self.out.push(b'=');
        host.print(&mut self.out);
        self.out.push(b')');
        Ok(())
    }

    /// Prints where a value lies.
    fn print_address(&mut self, verb: char, value: &Value) -> Result<(), Error> {
        let address = if value.is_nil() { 0 } else { self.printing.address().ok_or(Error::Address)? };
        match verb {
            'v' if self.flags.sharp_v => {
                self.write("(");
                self.write(&types::type_name(value, self.printing.profile));
                self.write(")(");
                self.integer_with_prefix(address);
                self.write(")");
            }
            'v' | 'p' => {
                let before = self.flags.sharp;
                self.flags.sharp = !before;
                self.integer(address, false, 16, 'v');
                self.flags.sharp = before;
            }
            _ => self.print_integer(i128::from(address), false, verb, value)?,
        }
        Ok(())
    }

    /// Prints a pointer as the address that it is.
    pub(super) fn print_pointer(&mut self, host: &dyn Host, verb: char, value: &Value) -> Result<(), Error> {
        let shows_address = matches!(verb, 'v' | 'b' | 'o' | 'd' | 'x' | 'X');
        if shows_address && !host.is_nil() {
            return self.print_address(verb, value);
        }
        match verb {
            'v' if self.flags.sharp_v => {
                let text = format!("({})(nil)", host.type_name());
                self.write(&text);
                Ok(())
            }
            'v' => {
                self.pad(b"<nil>");
                Ok(())
            }
            _ if shows_address => self.print_integer(0, false, verb, value),
            _ => self.bad_verb(verb, value),
        }
    }

    pub(super) fn print_fields(
        &mut self,
        host: &dyn Host,
        fields: &[(&'static str, Value)],
        verb: char,
        depth: usize,
    ) -> Result<(), Error> {
        if self.flags.sharp_v {
            self.write(host.type_name().trim_start_matches('*'));
        }
        self.out.push(b'{');
        for (index, (name, item)) in fields.iter().enumerate() {
            if index > 0 {
                self.separate();
            }
            if self.flags.plus_v || self.flags.sharp_v {
                self.write(name);
                self.out.push(b':');
            }
            self.print_element(item, verb, depth + 1)?;
        }
        self.out.push(b'}');
        Ok(())
    }
}
