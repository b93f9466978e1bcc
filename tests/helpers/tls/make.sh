#!/bin/sh
# Makes the certificates of the tests anew: a CA, a leaf for localhost signed by it, and
# a CA that signed nothing. They protect nothing and are valid for 20 years.
set -eu
cd "$(dirname "$0")"
days=7300
for name in ca other_ca; do
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days $days \
    -subj "/CN=fullduplex test $name" -keyout $name.key -out $name.pem \
    -addext "basicConstraints=critical,CA:TRUE" -addext "keyUsage=critical,keyCertSign,cRLSign"
done
openssl req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes \
  -subj "/CN=localhost" -keyout key.pem -out leaf.csr
cat > leaf.ext <<END
basicConstraints=CA:FALSE
keyUsage=critical,digitalSignature
extendedKeyUsage=serverAuth,clientAuth
subjectAltName=DNS:localhost,IP:127.0.0.1,IP:::1
END
openssl x509 -req -in leaf.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days $days \
  -extfile leaf.ext -out cert.pem
rm -f ca.key other_ca.key leaf.csr leaf.ext ca.srl
