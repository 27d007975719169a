#!/bin/sh
# crontab: 17 3 * * 1
set -e
cd /opt/bakery
/usr/local/bin/docker-compose -f docker-compose.deploy.yml run --rm certbot certbot renew
