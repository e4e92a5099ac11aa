using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Kdoctor.Cli.Lab;

/// <summary>The file that leads kubectl to the lab.</summary>
internal static class Kubeconfig
{
    public static string Text(string server, X509Certificate2 authority, string token) => $"""
        apiVersion: v1
        kind: Config
        clusters:
        - name: kdoctor-lab
          cluster:
            server: {server}
            certificate-authority-data: {Convert.ToBase64String(Encoding.ASCII.GetBytes(authority.ExportCertificatePem() + "\n"))}
        users:
        - name: kdoctor-lab
          user:
            token: {token}
        contexts:
        - name: kdoctor-lab
          context:
            cluster: kdoctor-lab
            user: kdoctor-lab
        current-context: kdoctor-lab

        """;
}
