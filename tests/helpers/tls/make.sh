#!/bin/sh
# Makes the certificates of the tests anew: a CA, a leaf for localhost signed by it, leaves of the same
# key that are expired or for another name, a self-signed one, and a CA that signed nothing. They protect nothing and are valid for 20 years.
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
# `-not_after` is an option of newer versions of OpenSSL; `ca` has had dates always.
printf '[ca]\ndefault_ca=a\n[a]\ndatabase=index.txt\nserial=serial.txt\nnew_certs_dir=.\ndefault_md=sha256\npolicy=p\n[p]\ncommonName=supplied\n' > ca.cnf
: > index.txt; echo 01 > serial.txt
openssl ca -batch -config ca.cnf -in leaf.csr -cert ca.pem -keyfile ca.key -notext -extfile leaf.ext \
  -startdate 20200101000000Z -enddate 20210101000000Z -out expired_cert.pem
sed 's/^subjectAltName=.*/subjectAltName=DNS:example.com/' leaf.ext > other.ext
openssl x509 -req -in leaf.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days $days \
  -extfile other.ext -out other_name_cert.pem
openssl x509 -req -in leaf.csr -signkey key.pem -days $days -extfile leaf.ext -out self_signed_cert.pem
rm -f ca.cnf index.txt* serial.txt* 01.pem other.ext ca.key other_ca.key leaf.csr leaf.ext ca.srl
