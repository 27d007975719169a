#!/bin/bash
# First certificate: put a throw-away one in place, start nginx, ask for the real one.
set -u

domains=(saffron.test www.saffron.test)
contact="ops@saffron.test"
live="/etc/letsencrypt/live/$domains"

docker-compose run --rm --entrypoint "sh -c 'mkdir -p $live && \
  openssl req -x509 -nodes -newkey rsa:4096 -days 1 -subj /CN=localhost \
    -keyout $live/privkey.pem -out $live/fullchain.pem'" certbot
docker-compose up -d --force-recreate nginx

docker-compose run --rm --entrypoint "rm -rf $live" certbot

names=""
for name in "${domains[@]}"; do
  names="$names -d $name"
done

docker-compose run --rm --entrypoint "\
  certbot certonly --webroot -w /var/www/acme \
    --email $contact \
    $names \
    --rsa-key-size 4096 \
    --agree-tos \
    --force-renewal" certbot

docker-compose exec nginx nginx -s reload
