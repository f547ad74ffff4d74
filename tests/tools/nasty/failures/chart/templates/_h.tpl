{{- define "outer" }}{{ include "inner" . }}{{ end -}}
{{- define "inner" }}
  {{ .Values.deep.er }}
{{- end -}}
{{ define "viaTemplate" }}{{ template "inner" . }}{{ end }}