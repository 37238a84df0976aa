# docker build --target base -t tolmach .         compare, quotes, align, evaluate
# docker build --target translate -t tolmach .    also translate; weights are kept in the volume /cache
# docker run --rm -v "$PWD:/work" tolmach compare en.txt ru.txt --report quotes.html
FROM python:3.11-slim AS base
WORKDIR /src
COPY pyproject.toml constraints.txt README.md LICENSE ./
COPY common common
COPY corpora corpora
COPY alignment alignment
COPY quotes quotes
COPY translate translate
COPY eval eval
COPY tolmach tolmach
RUN pip install --no-cache-dir --constraint constraints.txt . \
 && useradd --create-home tolmach \
 && mkdir /work /cache \
 && chown tolmach /work /cache
USER tolmach
ENV TOLMACH_CACHE=/cache
VOLUME /cache
WORKDIR /work
ENTRYPOINT ["tolmach"]
CMD ["demo", "--no-translate"]

FROM base AS translate
USER root
RUN pip install --no-cache-dir --constraint /src/constraints.txt "/src[translate]"
USER tolmach
CMD ["demo"]
