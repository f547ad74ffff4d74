# The reference registry, `distribution`: htpasswd, tokens, pages with `Link`.
version=3.1.2
install_tool() { go_install "github.com/distribution/distribution/v3/cmd/registry@v$version" registry registry; }
