# The real Helm 3, with the version strings and the default Kubernetes version of the release.
version=1
install_tool() {
  local v=helm.sh/helm/v3 major=k8sVersionMajor=1 minor=k8sVersionMinor=36
  go_install helm.sh/helm/v3/cmd/helm@v3.21.4 helm helm-3.21.4 \
    "-X $v/internal/version.version=v3.21.4 -X $v/internal/version.gitTreeState=clean -X $v/internal/version.gitCommit=813176c51bb5c181dbbd7901298ddcc104cd3417 -X $v/pkg/chartutil.$major -X $v/pkg/chartutil.$minor -X $v/pkg/lint/rules.$major -X $v/pkg/lint/rules.$minor"
}
