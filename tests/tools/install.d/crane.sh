# A registry client, and a registry of its own that cuts pages without saying so.
version=0.22.1
install_tool() { go_install "github.com/google/go-containerregistry/cmd/crane@v$version" crane crane; }
