# Checks manifests against the schemas of Kubernetes, offline.
version=1.37.0
install_tool() {
  python_tool kubernetes-validate --requirement "$HERE/install.d/kubernetes-validate.txt"
  ln -sf "$TOOLS/kubernetes-validate/bin/kubernetes-validate" "$TOOLS/bin/kubernetes-validate"
}
