# The controller's image, for those who have Docker; eng/images.sh makes the same root file system without it. SDK names an image of Debian's family with
# the .NET SDK of global.json, and bash:
#   docker build --build-arg SDK=IMAGE -f deploy/docker/controller.Dockerfile -t kdoctor/kdoctor-controller:0.1.0 .
ARG SDK
FROM ${SDK} AS build
COPY . /source
RUN cd /source && eng/images.sh kdoctor-controller && rm out/images/kdoctor-controller/image.env

FROM scratch
COPY --from=build /source/out/images/kdoctor-controller/ /
ENV DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=1 DOTNET_EnableDiagnostics=0
USER 65532:65532
CMD ["/kdoctor-controller"]
