# Until a certificate exists: answer the challenge, send the rest away.
server {
    server_name ${DOMAIN} www.${DOMAIN};
    listen 80;

    location / {
        return 301 https://$host$request_uri;
    }

    location /.well-known/acme-challenge/ {
        root /vol/acme/;
    }
}
