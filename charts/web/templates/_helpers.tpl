{{/*
The chart's name, or what nameOverride says.
*/}}
{{- define "web.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 63 | trimSuffix "-" }}
{{- end }}

{{/*
The name of most objects: release and chart, once where one holds the other.
*/}}
{{- define "web.fullname" -}}
{{- if .Values.fullnameOverride }}
{{- .Values.fullnameOverride | trunc 63 | trimSuffix "-" }}
{{- else }}
{{- $name := default .Chart.Name .Values.nameOverride }}
{{- if contains $name .Release.Name }}
{{- .Release.Name | trunc 63 | trimSuffix "-" }}
{{- else }}
{{- printf "%s-%s" .Release.Name $name | trunc 63 | trimSuffix "-" }}
{{- end }}
{{- end }}
{{- end }}

{{/*
The full name with a suffix, within 63 characters: (list . "canary")
*/}}
{{- define "web.suffixed" -}}
{{- $suffix := last . -}}
{{- $room := sub 62 (len $suffix) | int -}}
{{- printf "%s-%s" (include "web.fullname" (first .) | trunc $room | trimSuffix "-") $suffix }}
{{- end }}

{{/*
The tag as a label can hold it: 63 characters, a letter or digit at both ends.
*/}}
{{- define "web.version" -}}
{{- default .Chart.AppVersion .Values.image.tag | toString | trunc 63 | trimAll "-_." }}
{{- end }}

{{/*
The image by its digest where there is one; the tag stays readable in front of it.
*/}}
{{- define "web.image" -}}
{{- $tag := default .Chart.AppVersion .Values.image.tag | toString -}}
{{- .Values.image.repository }}:{{ $tag }}
{{- with .Values.image.digest }}@{{ . }}{{ end }}
{{- end }}

{{/*
Labels of every object.
*/}}
{{- define "web.labels" -}}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" | trunc 63 | trimSuffix "-" }}
{{ include "web.selectorLabels" . }}
app.kubernetes.io/version: {{ include "web.version" . | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- with .Values.commonLabels }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{/*
Labels that select pods. They can never change, so nothing that moves is in here.
*/}}
{{- define "web.selectorLabels" -}}
app.kubernetes.io/name: {{ include "web.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{/*
The service account.
*/}}
{{- define "web.serviceAccountName" -}}
{{- if .Values.serviceAccount.create }}
{{- default (include "web.fullname" .) .Values.serviceAccount.name }}
{{- else }}
{{- default "default" .Values.serviceAccount.name }}
{{- end }}
{{- end }}

{{/*
What scales and is scaled: a Deployment or a Rollout.
*/}}
{{- define "web.workload" -}}
{{- if .Values.rollout.enabled -}}
apiVersion: argoproj.io/v1alpha1
kind: Rollout
{{- else -}}
apiVersion: apps/v1
kind: Deployment
{{- end }}
name: {{ include "web.fullname" . }}
{{- end }}

{{/*
A probe: (list . .Values.probes.liveness)
*/}}
{{- define "web.probe" -}}
{{- $probe := last . -}}
httpGet:
  path: {{ $probe.path }}
  port: http
{{- with omit $probe "path" }}
{{ toYaml . }}
{{- end }}
{{- end }}
