{{- define "kdoctor.labels" -}}
app.kubernetes.io/name: {{ . }}
app.kubernetes.io/part-of: kdoctor
{{- end -}}

{{- /* The image of a part: dict "root" $ "image" .Values.PART.image */ -}}
{{- define "kdoctor.image" -}}
{{- $registry := default .root.Values.global.imageRegistryOverride .image.registry -}}
{{- $tag := default (default .root.Chart.AppVersion .root.Values.global.imageTagOverride) .image.tag -}}
{{- if $registry }}{{ trimSuffix "/" $registry }}/{{ end }}{{ .image.repository }}{{ if .image.digest }}@{{ .image.digest }}{{ else }}:{{ $tag }}{{ end -}}
{{- end -}}

{{- /* The controller's settings as JSON, which is YAML too. */ -}}
{{- define "kdoctor.settings" -}}
{{- $feature := .Values.feature -}}
{{- $limits := dict "netReachRequestMaxQPS" (int $feature.netReachRequestMaxQPS) "appHttpHealthyRequestMaxQPS" (int $feature.appHttpHealthyRequestMaxQPS) "netDnsRequestMaxQPS" (int $feature.netDnsRequestMaxQPS) -}}
{{- $settings := dict "limits" $limits "retention" (dict "days" (int $feature.aggregateReport.controller.maxAgeInDay)) "secretNamespaces" .Values.kdoctorController.secretNamespaces -}}
{{- if .Values.kdoctorController.postgres.secretName -}}
{{- $_ := set $settings "storage" (dict "kind" "postgres") -}}
{{- end -}}
{{- mergeOverwrite $settings (deepCopy .Values.kdoctorController.settings) | toJson -}}
{{- end -}}

{{- /* The fields of a pod that both parts decide alike: the part's values. */ -}}
{{- define "kdoctor.pod" -}}
nodeSelector: {{ toJson .nodeSelector }}
{{- with .tolerations }}
tolerations: {{ toJson . }}
{{- end }}
{{- with .priorityClassName }}
priorityClassName: {{ . }}
{{- end }}
{{- with .image.imagePullSecrets }}
imagePullSecrets: {{ toJson . }}
{{- end }}
securityContext:
  runAsNonRoot: true
  runAsUser: 65532
  runAsGroup: 65532
  fsGroup: 65532
  seccompProfile:
    type: RuntimeDefault
{{- end -}}

{{- define "kdoctor.container" -}}
startupProbe:
  httpGet:
    path: /healthy/startup
    port: health
  periodSeconds: 2
  failureThreshold: 60
livenessProbe:
  httpGet:
    path: /healthy/liveness
    port: health
  periodSeconds: 10
  timeoutSeconds: 5
  failureThreshold: 6
readinessProbe:
  httpGet:
    path: /healthy/readiness
    port: health
  periodSeconds: 5
  timeoutSeconds: 5
  failureThreshold: 3
resources: {{ toJson .resources }}
securityContext:
  allowPrivilegeEscalation: false
  readOnlyRootFilesystem: true
  capabilities:
    drop:
      - ALL
{{- end -}}

{{- define "kdoctor.field" -}}
- name: {{ index . 0 }}
  valueFrom:
    fieldRef:
      fieldPath: {{ index . 1 }}
{{- end -}}
