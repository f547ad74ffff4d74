{{ define "shared.one" }}root-b{{ end }}{{ define "shared.two" }}{{ end }}{{ define "only.blank" }}  {{/* nothing */}}
{{ end }}