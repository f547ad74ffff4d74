//! Jinja (minijinja): `.j2` files of charts, and plainsail's own texts.
