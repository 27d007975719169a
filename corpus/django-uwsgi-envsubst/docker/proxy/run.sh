#!/bin/bash
set -e

if [ ! -f "/vol/proxy/ssl-dhparams.pem" ]; then
  echo "first start: generating Diffie-Hellman parameters"
  openssl dhparam -out /vol/proxy/ssl-dhparams.pem 2048
fi

# The renderer replaces every $word it can; these two belong to nginx and must survive.
export request_uri=\$request_uri
export host=\$host

if [ -f "/etc/letsencrypt/live/${DOMAIN}/fullchain.pem" ]; then
  echo "certificate found, serving TLS"
  envsubst < /etc/nginx/default-ssl.conf.tpl > /etc/nginx/conf.d/default.conf
else
  echo "no certificate yet, plain HTTP only"
  envsubst < /etc/nginx/default.conf.tpl > /etc/nginx/conf.d/default.conf
fi

nginx -g 'daemon off;'
