# Servers and small programs from the distribution's own packages.
version=1
install_tool() {
  local missing=() command package
  while read -r command package; do
    PATH="$PATH:/usr/sbin:/sbin" command -v "$command" > /dev/null || missing+=("$package")
  done << 'LIST'
git git
htpasswd apache2-utils
lighttpd lighttpd
openssl openssl
sshd openssh-server
LIST
  [ -e /usr/lib/lighttpd/mod_openssl.so ] || missing+=(lighttpd-mod-openssl)
  if [ ${#missing[@]} = 0 ]; then return 0; fi
  need apt-get "the packages ${missing[*]} have to be installed by hand here"
  local as_root=()
  if [ "$(id -u)" != 0 ]; then need sudo "apt-get must run as root"; as_root=(sudo); fi
  # A package that starts its server would take ports, and fail where nothing may listen.
  if [ ! -e /usr/sbin/policy-rc.d ]; then
    printf '#!/bin/sh\nexit 101\n' | "${as_root[@]}" tee /usr/sbin/policy-rc.d > /dev/null
    "${as_root[@]}" chmod 755 /usr/sbin/policy-rc.d
  fi
  "${as_root[@]}" apt-get update -qq
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" > /dev/null
}
