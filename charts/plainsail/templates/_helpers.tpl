{{- define "plainsail.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 63 | trimSuffix "-" }}
{{- end }}

{{/*
A CronJob's name may have 52 characters: Jobs append the time.
*/}}
{{- define "plainsail.fullname" -}}
{{- if .Values.fullnameOverride }}
{{- .Values.fullnameOverride | trunc 52 | trimSuffix "-" }}
{{- else }}
{{- $name := default .Chart.Name .Values.nameOverride }}
{{- ternary .Release.Name (printf "%s-%s" .Release.Name $name) (contains $name .Release.Name) | trunc 52 | trimSuffix "-" }}
{{- end }}
{{- end }}

{{- define "plainsail.serviceAccountName" -}}
{{- default (ternary (include "plainsail.fullname" .) "default" .Values.serviceAccount.create) .Values.serviceAccount.name }}
{{- end }}

{{- define "plainsail.selectorLabels" -}}
app.kubernetes.io/name: {{ include "plainsail.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "plainsail.labels" -}}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" | trunc 63 | trimSuffix "-" }}
{{ include "plainsail.selectorLabels" . }}
app.kubernetes.io/version: {{ default .Chart.AppVersion .Values.image.tag | toString | trunc 63 | trimAll "-_." | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- with .Values.commonLabels }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{- define "plainsail.image" -}}
{{- .Values.image.repository }}:{{ default .Chart.AppVersion .Values.image.tag }}
{{- with .Values.image.digest }}@{{ . }}{{ end }}
{{- end }}

{{/*
An environment variable from a key of a Secret: (list NAME SECRET KEY)
*/}}
{{- define "plainsail.secretVariable" -}}
- name: {{ index . 0 }}
  valueFrom:
    secretKeyRef:
      name: {{ index . 1 }}
      key: {{ index . 2 }}
{{- end }}

{{- define "plainsail.env" -}}
- name: HOME
  value: /tmp
{{- with .Values.git.existingSecret }}
{{ include "plainsail.secretVariable" (list "PLAINSAIL_GIT_USERNAME" . $.Values.git.usernameKey) }}
{{ include "plainsail.secretVariable" (list "PLAINSAIL_GIT_TOKEN" . $.Values.git.tokenKey) }}
{{- end }}
{{- with .Values.forge.existingSecret }}
{{ include "plainsail.secretVariable" (list "PLAINSAIL_FORGE_TOKEN" . $.Values.forge.tokenKey) }}
{{- end }}
{{- with .Values.forge.githubApiUrl }}
- name: GITHUB_API_URL
  value: {{ . | quote }}
{{- end }}
{{- with .Values.registry.existingSecret }}
- name: PLAINSAIL_REGISTRY_HOST
  value: {{ required "registry.host is the host that the credentials of registry.existingSecret are for" $.Values.registry.host | quote }}
{{ include "plainsail.secretVariable" (list "PLAINSAIL_REGISTRY_USERNAME" . $.Values.registry.usernameKey) }}
{{ include "plainsail.secretVariable" (list "PLAINSAIL_REGISTRY_PASSWORD" . $.Values.registry.passwordKey) }}
{{- end }}
{{- with .Values.aws.region }}
- name: AWS_REGION
  value: {{ . | quote }}
{{- end }}
{{- if .Values.caBundle.existingConfigMap }}
- name: SSL_CERT_FILE
  value: /etc/plainsail/certificates/{{ .Values.caBundle.key }}
{{- end }}
{{- with .Values.env }}
{{ toYaml . }}
{{- end }}
{{- end }}
