//! Go's text/template as Helm runs it: lexer, parser, compiler, machine.
