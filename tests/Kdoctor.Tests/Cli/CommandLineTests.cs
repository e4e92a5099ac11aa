using Kdoctor.TestKit.Processes;
using Xunit;

namespace Kdoctor.Tests.Cli;

/// <summary>What a command line gets wrong is told in words that name it and what would be right, and the exit code is 2.</summary>
public sealed class CommandLineTests
{
    [Theory]
    [InlineData("", "kdoctor: a command is missing; there are run, up, probe,")]
    [InlineData("rum", "kdoctor: rum: is no command; there are run, up, probe,")]
    [InlineData("probe ftp", "kdoctor: ftp: is no command; there are dns, http")]
    [InlineData("run", "--filename is required: A manifest file, a folder of them")]
    [InlineData("run x.yaml", "'x.yaml'")]
    [InlineData("run --nodes 0 -f examples/netreach.yaml", "--nodes 0: a lab has 1 to 250 nodes")]
    [InlineData("run --nodes three --rounds x -f a", "--nodes three: must be a whole number")]
    [InlineData("run --nodes three --rounds x -f a", "--rounds x: must be a whole number")]
    [InlineData("run --nodes 251 --rounds 0 -f a", "--nodes 251: a lab has 1 to 250 nodes")]
    [InlineData("run --nodes 251 --rounds 0 -f a", "--rounds 0: at least one round must run")]
    [InlineData("run --nodes 3 --nodes 4 -f a", "--nodes: is given 2 times; give it once")]
    [InlineData("run -f a --nodes", "--nodes: its value is missing; write --nodes N")]
    [InlineData("run -f a -o xml", "--output xml: must be one of human, json, yaml")]
    [InlineData("up --nodes x", "--nodes x: must be a whole number")]
    [InlineData("up --listen nonsense", "--listen nonsense: write an address")]
    [InlineData("install --replicas many --dry-run", "--replicas many: must be a whole number")]
    [InlineData("install --ip-families ipv5 --dry-run", "--ip-families ipv5: must be one of auto, ipv4, ipv6, dual")]
    [InlineData("install --settings /none/such", "/none/such: there is no such file; check the path that --settings names")]
    [InlineData("probe http", "URL: is missing: For example http://10.0.0.7:8080/healthz")]
    [InlineData("probe http http://me:pw@shop/", "URL: has user information before the host, which is not sent (RFC 9110 section 4.2.4); send an Authorization header instead")]
    [InlineData("probe http ftp://x", "URL: has the scheme \"ftp\", but must be http or https; write http:// or https://")]
    [InlineData("probe http http://x --method FOO --streams x", "--method FOO: must be one of CONNECT, DELETE, GET")]
    [InlineData("probe http http://x --method FOO --streams x", "--streams x: must be a whole number")]
    [InlineData("probe http http://x --body @/none/such", "--body @/none/such: there is no such file")]
    [InlineData("probe http http://x --body @/", "--body @/: is a folder, not a file")]
    [InlineData("probe http https://x --cacert /", "--cacert /: is a folder, not a file")]
    [InlineData("probe dns 127.0.0.1", "NAME: is missing")]
    [InlineData("probe dns 127.0.0.1 a --type QQ", "--type QQ: must be one of A, AAAA, CNAME, MX, NS, PTR, SOA, SRV, TXT")]
    [InlineData("probe dns 127.0.0.1 a --protocol doh", "--protocol doh: must be one of")]
    [InlineData("probe dns 127.0.0.1:0 a.test", "127.0.0.1:0: is no server")]
    [InlineData("probe dns 127.0.0.1 a..b", "'a..b' has a label of 0 octets")]
    [InlineData("probe dns 127.0.0.1 a.test --rate 0 --duration 5 --connections 0", "--rate 0: must be a number above 0")]
    [InlineData("probe dns 127.0.0.1 a.test --rate 0 --duration 5 --connections 0", "--duration 5: must be a time above 0")]
    [InlineData("probe dns 127.0.0.1 a.test --rate 0 --duration 5 --connections 0", "--connections 0: must be 1 to 10000")]
    [InlineData("agent --controller /x:y --join-token-file t", "--controller /x:y: must be an https address with a host and a port")]
    [InlineData("agent --controller http://x:1 --join-token-file t", "--controller http://x:1: must be an https address")]
    [InlineData("agent --controller x:1 --join-token-file t --listen abc --echo-port 99999", "--listen abc: must be an IP address, for example 10.0.0.6")]
    [InlineData("agent --controller x:1 --join-token-file t --listen abc --echo-port 99999", "--echo-port 99999: must be 0 to 65535")]
    [InlineData("serve --listen abc", "--listen abc: must be an IP address, for example 127.0.0.1")]
    [InlineData("serve --http-port 99999", "the port of HTTP is 99999; it must be 0 to 65535\n")]
    [InlineData("serve --tls-cert /etc/hosts --tls-key /etc/hosts", "--tls-cert /etc/hosts and --tls-key /etc/hosts: are no certificate with its key in PEM")]
    public async Task What_is_wrong_is_named_with_what_would_be_right(string arguments, string words)
    {
        var run = await CliRun.OfAsync(arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries));
        Assert.Equal(2, run.ExitCode);
        Assert.Contains(words, run.Error, StringComparison.Ordinal);
        Assert.Equal("", run.Output);
    }

    [Theory]
    [InlineData("kdoctor-agent", "--controller x:1 --join-token-file t --echo-port many", "kdoctor-agent: --echo-port many: must be a whole number\nSee 'kdoctor-agent --help'.\n")]
    [InlineData("kdoctor-controller", "--tls-key k --lease x", "kdoctor-controller: --tls-cert, --tls-key and --tls-ca go together\nkdoctor-controller: --lease 'x' is not a namespace and a name, for example kdoctor/kdoctor-controller\nSee 'kdoctor-controller --help'.\n")]
    public async Task The_programs_of_a_cluster_say_it_in_the_same_way(string program, string arguments, string said)
    {
        await using var running = KdoctorProcess.StartProgram(Path.Combine(AppContext.BaseDirectory, program), arguments.Split(' '));
        Assert.Equal(new KdoctorResult(2, "", said), await running.EndAsync());
    }

    [Theory]
    [InlineData("run --help")]
    [InlineData("probe http --help")]
    [InlineData("--help")]
    public async Task Help_is_given_whatever_is_missing(string arguments)
    {
        var run = await CliRun.OfAsync(arguments.Split(' '));
        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.Contains("Usage:", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Files_without_a_task_are_not_run()
    {
        var run = await CliRun.OfAsync(["run", "-f", "-"], """
            apiVersion: v1
            kind: ConfigMap
            metadata: {name: order, namespace: shop}
            data: {body: one apple}
            """);
        Assert.Equal((2, "-: there is no task to run; add one of NetReach, AppHttpHealthy, Netdns\n"), (run.ExitCode, run.Error));
    }

    [Fact]
    public async Task A_kubeconfig_that_cannot_be_used_is_named_with_the_ways_to_name_another()
    {
        var run = await CliRun.OfAsync(["report", "reach-task", "--kubeconfig", "/none/such"]);
        Assert.Equal(3, run.ExitCode);
        Assert.StartsWith("kdoctor: cannot use the kubeconfig /none/such: ", run.Error, StringComparison.Ordinal);
        Assert.EndsWith("; set KUBECONFIG, or name a file with --kubeconfig and a context of it with --context\n", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_kubeconfig_whose_certificates_are_none_is_refused_in_a_line()
    {
        var file = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(file, """
                apiVersion: v1
                kind: Config
                current-context: a
                contexts: [{name: a, context: {cluster: a, user: a}}]
                clusters: [{name: a, cluster: {server: "https://127.0.0.1:1", certificate-authority-data: "!"}}]
                users: [{name: a, user: {token: x}}]
                """, TestContext.Current.CancellationToken);
            var run = await CliRun.OfAsync(["report", "reach-task", "--kubeconfig", file]);
            Assert.Equal(3, run.ExitCode);
            Assert.StartsWith($"kdoctor: cannot use the kubeconfig {file}: ", run.Error, StringComparison.Ordinal);
            Assert.Single(run.Error.TrimEnd().Split('\n'));
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public async Task A_lab_on_an_address_of_another_machine_is_refused_in_a_line()
    {
        var data = Directory.CreateTempSubdirectory("kdoctor-up-");
        try
        {
            var run = await CliRun.OfAsync(["up", "--listen", "192.0.2.1", "--data", data.FullName]);
            Assert.Equal(3, run.ExitCode);
            Assert.Equal(
                "kdoctor: cannot serve the Kubernetes API: cannot listen on 192.0.2.1:7443: Cannot assign requested address; name another address with --listen\n",
                run.Error);
        }
        finally
        {
            data.Delete(recursive: true);
        }
    }
}
