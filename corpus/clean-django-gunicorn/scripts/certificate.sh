#!/bin/sh
# First request and every renewal: nginx stays up and answers the challenge itself.
set -eu
certbot certonly --non-interactive --agree-tos --keep-until-expiring \
    --webroot --webroot-path /var/www/letsencrypt \
    -d almanac.test -d www.almanac.test \
    --email hostmaster@almanac.test \
    --deploy-hook "systemctl reload nginx"
