{{ define "x" }}
fine
{{ if .a }}
{{ end }
