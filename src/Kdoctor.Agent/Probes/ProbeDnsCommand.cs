using System.CommandLine;
using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using Kdoctor.Core.Planning;
using Kdoctor.Core.Reports;
using Kdoctor.Probing.Dns;

namespace Kdoctor.Agent.Probes;

/// <summary><c>kdoctor probe dns SERVER[:PORT] NAME</c>: one DNS server, one question, again and again.</summary>
internal static class ProbeDnsCommand
{
    private static readonly string Udp = ReportWords.Of(DnsTransport.Udp);
    private static readonly DnsTransport[] Transports = Enum.GetValues<DnsTransport>();

    /// <summary>The command.</summary>
    public static Command Create(ProbeContext context)
    {
        var server = new Argument<string>("SERVER[:PORT]") { Description = "An address or a host name; an IPv6 address with a port in brackets. The port is 53, or 853 for tcp-tls." };
        var name = new Argument<string>("NAME") { Description = "The domain name to ask for, always taken as complete." };
        var type = new Option<DnsRecordType>("--type") { Description = "What to ask about the name.", DefaultValueFactory = _ => DnsRecordType.A };
        var protocol = new Option<string>("--protocol") { Description = "How the question travels.", DefaultValueFactory = _ => Udp };
        protocol.AcceptOnlyFromAmong([.. Transports.Select(transport => ReportWords.Of(transport))]);
        var pipeline = new Option<int>("--pipeline") { Description = "How many queries one connection of tcp and tcp-tls carries at once with --rate max.", HelpName = "N", DefaultValueFactory = _ => 10 };
        var tls = new ProbeTlsOptions("a server of tcp-tls");
        var options = new ProbeOptions("udp: how many queries are under way with --rate max; tcp, tcp-tls: how many connections share the queries.");
        var command = new Command("dns", "Ask a DNS server: the name's records, reply codes, lost answers, latencies.") { server, name, type, protocol, pipeline };
        foreach (var option in tls.All.Concat(options.All))
            command.Add(option);
        command.Validators.Add(options.Check);
        command.Validators.Add(result =>
        {
            // Defaults are not there yet.
            var travels = result.GetValue(protocol) ?? Udp;
            tls.Check(result, travels == ReportWords.Of(DnsTransport.Tls) ? null : $"--protocol {travels}");
            if (result.GetResult(pipeline) is { Implicit: false } given && given.GetValueOrDefault<int>() is < 1 or > 1000)
                result.AddError($"--pipeline {result.GetValue(pipeline)}: must be 1 to 1000");
            if (result.GetValue(server) is { } text && Parse(text, 53) is null)
                result.AddError($"{text}: is no server; write for example 10.96.0.10, [fd00::10]:53 or dns.example.com:53");
            if (result.GetValue(name) is { } domain && DnsProbePlan.ProblemOf(domain) is { } problem)
                result.AddError(problem);
        });
        command.SetAction((parsed, cancellation) =>
        {
            var choices = options.Read(parsed);
            var transport = Transports.First(transport => ReportWords.Of(transport) == parsed.GetValue(protocol));
            var (host, port) = Parse(parsed.GetValue(server)!, transport == DnsTransport.Tls ? 853 : 53)!.Value;
            var request = new DnsRequestPlan { Domain = parsed.GetValue(name)!, Type = parsed.GetValue(type), Transport = transport };
            var plan = new DnsProbePlan { Host = host, Port = port, Request = request, Connections = choices.Connections, KeepConnections = Timeout.InfiniteTimeSpan };
            if (transport == DnsTransport.Tls)
                plan = plan with { Tls = tls.Read(parsed) };
            return ProbeSession.RunAsync(Target(plan, parsed.GetValue(pipeline)), choices, context, cancellation);
        });
        return command;
    }

    private static ProbeTarget Target(DnsProbePlan plan, int pipeline)
    {
        var (request, trusted) = (plan.Request, plan.Request.Transport == DnsTransport.Tls ? plan.Tls : null);
        var bracketed = plan.Host.Contains(':', StringComparison.Ordinal) ? $"[{plan.Host}]" : plan.Host;
        var server = string.Create(CultureInfo.InvariantCulture, $"{bracketed}:{plan.Port}");
        var protocol = ReportWords.Of(request.Transport);
        return new ProbeTarget(
            $"dns {server} {request.Domain} {request.Type} over {protocol}{ProbeTlsOptions.Trust(trusted)}",
            new JsonObject { ["requestServer"] = server, ["protocol"] = protocol, ["domain"] = request.Domain, ["type"] = request.Type.ToString(), ["serverVerified"] = trusted?.Verifies },
            plan,
            request.Transport == DnsTransport.Udp ? plan.Connections : plan.Connections * pipeline);
    }

    // Null for what is no server.
    private static (string Host, int Port)? Parse(string text, int port)
    {
        if (IPAddress.TryParse(text, out var whole) && !text.StartsWith('['))
            return (whole.ToString(), port);
        var colon = text.LastIndexOf(':');
        var bracket = text.LastIndexOf(']');
        if (colon > bracket)
        {
            if (!ushort.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var number) || number == 0)
                return null;
            (text, port) = (text[..colon], number);
        }
        if (bracket >= 0)
            return text.StartsWith('[') && IPAddress.TryParse(text[1..^1], out var literal) ? (literal.ToString(), port) : null;
        return Uri.CheckHostName(text) is UriHostNameType.Dns or UriHostNameType.IPv4 ? (text, port) : null;
    }
}
