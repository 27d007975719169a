docker network create demonet
docker image build demoDjango -t demo-django
docker image build demoNginx -t demo-nginx
docker container run -d --name demo-django --network demonet demo-django
docker container run -d --name demo-front --network demonet -p 80:80 demo-nginx
