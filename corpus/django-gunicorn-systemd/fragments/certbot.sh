# Debian and Ubuntu
apt install certbot python3-certbot-nginx
certbot --nginx -d harbour.test -d www.harbour.test --redirect
