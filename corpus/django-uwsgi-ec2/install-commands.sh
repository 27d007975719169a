sudo rm -f /etc/nginx/sites-enabled/default
sudo cp -f /srv/orchard/.config/nginx/orchard.conf /etc/nginx/sites-available/orchard.conf
sudo ln -sf /etc/nginx/sites-available/orchard.conf /etc/nginx/sites-enabled/orchard.conf
sudo ln -f /srv/orchard/.config/uwsgi/uwsgi.service /etc/systemd/system/uwsgi.service
sudo systemctl daemon-reload
