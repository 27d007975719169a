#!/bin/sh
# Run once by hand after the first deployment.
set -e

until nc -z proxy 80; do
    echo "proxy is not listening yet"
    sleep 5s & wait ${!}
done

# webroot mode: nginx keeps running and serves the answer
certbot certonly \                    # fetch only, install nothing
    --webroot \                       # write a file instead of opening a port
    --webroot-path "/vol/acme/" \     # volume shared with the proxy
    --email $EMAIL \                  # expiry mails go here
    -d "$DOMAIN" \                    # the name on the certificate
    --rsa-key-size 4096 \             # stronger than the default
    --noninteractive \                # never ask
    --agree-tos                       # accept the subscriber agreement
