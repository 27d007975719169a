# 평문 접속을 받는 서버
server {
    server_name ${DOMAIN} www.${DOMAIN};  # 두 이름 모두
    listen 80;  # 암호화되지 않은 포트

    # 나머지는 전부 암호화된 주소로
    location / {
        return 301 https://$host$request_uri;
    }

    # 발급 기관이 읽어 가는 파일
    location /.well-known/acme-challenge/ {
        root /vol/acme/;  # certbot 컨테이너와 공유
    }
}

# 실제 서비스
server {
    server_name ${DOMAIN} www.${DOMAIN};
    listen 443 ssl;  # TLS 포트

    include     /etc/nginx/options-ssl-nginx.conf;  # 프로토콜과 암호 목록
    ssl_dhparam /vol/proxy/ssl-dhparams.pem;  # run.sh 가 만든다

    ssl_certificate_key /etc/letsencrypt/live/${DOMAIN}/privkey.pem;
    ssl_certificate     /etc/letsencrypt/live/${DOMAIN}/fullchain.pem;

    # 일 년 동안 https 만 쓰게 한다
    add_header Strict-Transport-Security "max-age=31536000; includeSubDomains" always;

    # 파이썬 쪽으로 넘기는 부분
    location / {
        client_max_body_size 12M;  # 첨부 파일까지 허용
        include              /etc/nginx/uwsgi_params;
        uwsgi_pass           ${APP_HOST}:${APP_PORT};
    }

    # 모아 둔 자산
    location /static {
        alias /vol/static;
    }
}
