#!/bin/sh
# One lineage per site, all through the shared webroot.
set -eu
request() {
    certbot certonly --non-interactive --agree-tos --keep-until-expiring \
        --webroot --webroot-path /var/www/letsencrypt \
        --email hostmaster@market.example --deploy-hook "systemctl reload nginx" "$@"
}
request -d market.example -d www.market.example
request -d api.market.example
request -d journal.example
request -d handbook.example
