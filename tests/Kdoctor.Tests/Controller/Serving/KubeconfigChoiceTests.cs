using k8s.Exceptions;
using Kdoctor.Controller.Serving;
using Xunit;

namespace Kdoctor.Tests.Controller.Serving;

public sealed class KubeconfigChoiceTests : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("kdoctor-kubeconfig-");

    public void Dispose() => folder.Delete(recursive: true);

    [Fact]
    public void The_file_that_KUBECONFIG_names_is_used() =>
        Assert.Equal("https://one.test:1", Host(null, null, Written("one", "https://one.test:1")));

    [Fact]
    public void A_file_named_by_hand_goes_before_KUBECONFIG() =>
        Assert.Equal("https://two.test:2", Host(Written("two", "https://two.test:2"), null, Written("one", "https://one.test:1")));

    [Fact]
    public void Files_of_a_list_are_put_together_and_missing_ones_passed_over()
    {
        var list = string.Join(Path.PathSeparator, Path.Combine(folder.FullName, "missing"), Written("one", "https://one.test:1"), Written("two", "https://two.test:2"));
        Assert.Equal("https://one.test:1", Host(null, null, list));
        Assert.Equal("https://two.test:2", Host(null, "two", list));
    }

    [Fact]
    public void A_list_of_missing_files_is_refused_with_a_name()
    {
        var missing = Path.Combine(folder.FullName, "missing");
        Assert.Contains(missing, Assert.Throws<KubeConfigException>(() => Host(null, null, missing)).Message, StringComparison.Ordinal);
    }

    private static string Host(string? path, string? context, string environment) =>
        KubeconfigChoice.Read(path, context, name => name == "KUBECONFIG" ? environment : null).Host;

    private string Written(string name, string server)
    {
        var path = Path.Combine(folder.FullName, name);
        File.WriteAllText(path, $$"""
            apiVersion: v1
            kind: Config
            current-context: {{name}}
            contexts:
            - name: {{name}}
              context: { cluster: "{{name}}", user: "{{name}}" }
            clusters:
            - name: {{name}}
              cluster: { server: "{{server}}" }
            users:
            - name: {{name}}
              user: { token: x }
            """);
        return path;
    }
}
