# Argo CD's own manifest reader: prints what Argo CD makes of a folder or a chart.
# The number behind the dash counts our own changes of it.
version=3.5.7-2
install_tool() {
  need go "it builds argoread"
  (cd "$HERE/modules/argoread" && nice go build -mod=readonly -trimpath -ldflags "-s -w" -o "$TOOLS/bin/argoread" .)
}
