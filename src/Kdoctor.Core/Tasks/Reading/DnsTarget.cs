using System.Collections.Immutable;
using Kdoctor.Core.Planning;
using Kdoctor.Core.Tasks.Specs;

namespace Kdoctor.Core.Tasks.Reading;

/// <summary>What a Netdns reaches: one named server, or the cluster's.</summary>
internal static class DnsTarget
{
    private static readonly FieldPath Section = FieldPath.Spec.Field("target");

    public static ImmutableArray<TargetQuery> Read(NetdnsSpec spec, ProblemList problems)
    {
        if (!Names.IsDomain(spec.Request.Domain))
        {
            problems.Add(
                FieldPath.Spec.Field("request").Field("domain"),
                $"is {ProblemWords.Quote(spec.Request.Domain)}, which is no domain name (RFC 1035 section 2.3.4)",
                "write labels of 1 to 63 letters, digits, '-' and '_', joined by dots, 253 characters in all");
        }

        if (spec.SourceAgentNodeSelector is { } selector)
            LabelSelectorRules.Check(selector, FieldPath.Spec.Field("sourceAgentNodeSelector"), problems);
        if (spec.Target is not { } target)
            return [];
        if (problems.Clean(Section.Field("targetUser"), Section.Field("targetDns")))
            ExactlyOne(target, problems);
        User(target.TargetUser, problems);
        Service(target.TargetDns, problems);
        return [target.TargetUser?.Server is { } server
            ? new DnsQuery(server, target.TargetUser.Port, Request(spec.Request))
            : new UnsupportedQuery(Channel.Dns, null, "the cluster's DNS service cannot be found by this version; targetUser names a server")];
    }

    // A server of either family is asked for the name's IPv4 addresses: how the question travels says nothing about what is asked.
    private static DnsRequestPlan Request(NetdnsRequestSpec request) => new()
    {
        Domain = request.Domain,
        Type = DnsRecordType.A,
        Transport = request.Protocol switch
        {
            "tcp" => DnsTransport.Tcp,
            "tcp-tls" => DnsTransport.Tls,
            _ => DnsTransport.Udp,
        },
    };

    private static void ExactlyOne(NetdnsTargetSpec target, ProblemList problems)
    {
        if (target is { TargetUser: not null, TargetDns: not null })
            problems.Add(Section.Field("targetUser"), "is given together with targetDns, but only one of them may be", "keep one of the two");
        if (target is { TargetUser: null, TargetDns: null })
            problems.Add(Section, "has neither targetUser nor targetDns", "add one of the two; targetDns: {} asks the cluster's DNS service");
    }

    private static void User(NetdnsTargetUserSpec? user, ProblemList problems)
    {
        if (user?.Server is { } server && !Names.IsHost(server))
        {
            problems.Add(
                Section.Field("targetUser").Field("server"),
                $"is {ProblemWords.Quote(server)}, which is neither an address nor a host name",
                "write for example 10.96.0.10; the port has a field of its own");
        }
    }

    private static void Service(NetdnsTargetDnsSpec? service, ProblemList problems)
    {
        var path = Section.Field("targetDns");
        if (service is { ServiceName: not null, ServiceNamespace: null })
            Missing("serviceNamespace", "serviceName");
        if (service is { ServiceName: null, ServiceNamespace: not null })
            Missing("serviceName", "serviceNamespace");
        if (service?.ServiceName is { } name && !Names.IsLabel(name))
            problems.Add(path.Field("serviceName"), $"is {ProblemWords.Quote(name)}, which is no name of a service", "write the service's name");
        if (service?.ServiceNamespace is { } space && !Names.IsLabel(space))
            problems.Add(path.Field("serviceNamespace"), $"is {ProblemWords.Quote(space)}, which is no name of a namespace", "write the namespace's name");
        if (service is { TestIPv4: false, TestIPv6: false })
            problems.Add(path.Field("testIPv4"), "is false, and testIPv6 too, so that nothing can be tested", "set at least one of the two to true");

        void Missing(string field, string given) => problems.Add(path.Field(field), $"is missing, but {given} is given", $"add {field}, or remove {given}");
    }
}
