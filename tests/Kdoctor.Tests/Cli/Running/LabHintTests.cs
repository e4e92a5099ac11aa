using Kdoctor.Cli.Running;
using Xunit;

namespace Kdoctor.Tests.Cli.Running;

/// <summary>Seen red: nothing said of a run that it was not in the cluster that KUBECONFIG names, until the last line of its report.</summary>
public sealed class LabHintTests
{
    [Theory]
    [InlineData("/k", null, false, true)]
    [InlineData("", "/home/you", true, true)]
    [InlineData(null, "/home/you", false, false)]
    [InlineData(null, null, true, false)]
    public void Who_has_a_cluster_is_told_that_a_run_is_in_a_lab(string? kubeconfig, string? home, bool there, bool told)
    {
        var hint = LabHint.Of(
            name => name switch { "KUBECONFIG" => kubeconfig, "HOME" => home, _ => null },
            path => there && path == "/home/you/.kube/config");
        Assert.Equal(told, hint is not null);
        if (told)
            Assert.Equal("kdoctor: this runs in a lab on this machine; --kubeconfig FILE or --context NAME runs it in a cluster", hint);
    }
}
