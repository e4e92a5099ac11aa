using Kdoctor.Core.Deployment;
using Kdoctor.TestKit.Contract;
using Xunit;

namespace Kdoctor.ClusterTests.Installed;

/// <summary>
/// A second interface on every default agent, with the annotation that Multus writes, until it is disposed. The test bed gives the n-th agent of kubectl's
/// list the link <c>kdmN</c> and the addresses 192.168.77.(10+N) and fd00:77::(10+N).
/// </summary>
public sealed class SecondInterfaces : IAsyncDisposable
{
    // The test bed looks for a pod's container with two filters, of which its runtime takes either, and takes the first of the list: so it may find one
    // of another pod on the node, the controller's for example, and its runtime may fail at the rest of the list that nobody reads. Joined by commas the
    // filters hold together, and with the third there is one line: the container that holds the pod's network.
    private const string OneContainer = """
        #!/bin/sh
        if [ "$5 $6 $7" = "containers ls -q" ]; then
          set -- "$1" "$2" "$3" "$4" containers ls -q "$8,$9,labels.\"io.cri-containerd.kind\"==sandbox"
        fi
        PATH=${PATH#*:} exec ctr "$@"

        """;

    private const string Selector = $"{ClusterNames.NameLabel}={ClusterNames.Agent}";

    private readonly Kubectl kubectl;
    private readonly int count;

    private SecondInterfaces(Kubectl kubectl, int count) => (this.kubectl, this.count) = (kubectl, count);

    public static async Task<SecondInterfaces> AddAsync(Kubectl kubectl, int agents)
    {
        TestBed.Required();
        var made = new SecondInterfaces(kubectl, agents);
        var programs = Directory.CreateTempSubdirectory();
        try
        {
            var runtime = Path.Combine(programs.FullName, "ctr");
            await File.WriteAllTextAsync(runtime, OneContainer);
            File.SetUnixFileMode(runtime, UnixFileMode.UserRead | UnixFileMode.UserExecute);
            await TestBed.RunAsync([$"PATH={programs.FullName}:{Environment.GetEnvironmentVariable("PATH")}"], "multus", Selector);
            return made;
        }
        catch
        {
            await made.DisposeAsync();
            throw;
        }
        finally
        {
            programs.Delete(recursive: true);
        }
    }

    /// <summary>Takes the carrier of one agent's second interface away.</summary>
    public static Task UnplugAsync(int agent) => TestBed.HostAsync("ip", "link", "set", $"kdm{agent}", "down");

    public async ValueTask DisposeAsync()
    {
        for (var agent = 1; agent <= count; agent++)
            await TestBed.HostAsync("sh", "-c", $"ip link del kdm{agent} 2>/dev/null || true");
        var plain = await kubectl.RunAsync(
            "-n", InstalledCluster.Namespace, "annotate", "pods", "-l", Selector, "k8s.v1.cni.cncf.io/network-status-", "k8s.v1.cni.cncf.io/networks-status-");
        Assert.True(plain.ExitCode == 0, plain.All);
    }
}
