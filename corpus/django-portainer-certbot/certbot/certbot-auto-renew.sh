#!/bin/bash
# Called by cron on the host; reloads nginx in its own container afterwards.
if docker-compose exec certbot certbot renew --quiet --webroot --webroot-path=/var/www/acme; then
    docker-compose exec nginx nginx -s reload
else
    echo "$(date): nothing renewed" >&2
fi
