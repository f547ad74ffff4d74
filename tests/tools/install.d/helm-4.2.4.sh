# The real Helm 4. The version strings are those of the release: `.Capabilities.HelmVersion` prints them.
version=1
install_tool() {
  local v=helm.sh/helm/v4/internal/version
  go_install helm.sh/helm/v4/cmd/helm@v4.2.4 helm helm-4.2.4 \
    "-X $v.version=v4.2.4 -X $v.gitTreeState=clean -X $v.gitCommit=3900f434fd3ef2b84065dc04508df48f288dba00"
}
