# Checks manifests against the schemas of Kubernetes, offline.
version=1.37.0
install_tool() {
  python_tool kubernetes-validate "kubernetes-validate==$version"
  ln -sf "$TOOLS/kubernetes-validate/bin/kubernetes-validate" "$TOOLS/bin/kubernetes-validate"
}
