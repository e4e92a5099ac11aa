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
        if (target.TargetUser is { } user)
            return user.Server is null ? [] : [.. TypesOf(spec.Request, FamilyOf(user.Server)).Select(type => new DnsQuery(user.Server, user.Port, Request(spec.Request, type)))];
        if (target.TargetDns is not { } dns)
            return [];
        var service = dns is { ServiceName: { } name, ServiceNamespace: { } space } ? new ServiceReference(space, name) : null;
        return [.. Families(dns).SelectMany(family => TypesOf(spec.Request, family).Select(type => new DnsServiceQuery(service, family, Request(spec.Request, type))))];
    }

    /// <summary>The selector, once <see cref="Read"/> found nothing wrong with it.</summary>
    public static NodeSelector? SourceNodes(LabelSelectorSpec? selector) => selector is null ? null : new NodeSelector(
    [
        .. (selector.MatchLabels ?? new Dictionary<string, string>()).Select(label => new NodeRequirement(label.Key, LabelComparison.In, [label.Value])),
        .. (selector.MatchExpressions ?? []).Where(requirement => requirement is { Key: not null, Operator: not null }).Select(requirement => new NodeRequirement(
            requirement.Key!, Enum.TryParse<LabelComparison>(requirement.Operator, out var comparison) ? comparison : LabelComparison.Exists, [.. requirement.Values ?? []])),
    ]);

    private static IEnumerable<IpFamily> Families(NetdnsTargetDnsSpec dns) =>
        new[] { (Wanted: dns.TestIPv4, Family: IpFamily.IPv4), (Wanted: dns.TestIPv6, Family: IpFamily.IPv6) }.Where(family => family.Wanted).Select(family => family.Family);

    private static IpFamily FamilyOf(string server) => System.Net.IPAddress.TryParse(server, out _) ? EchoAddress.FamilyOf(server) : IpFamily.IPv4;

    // Earlier releases always asked a server for addresses of its own family: that stays so where the task does not say.
    private static IEnumerable<DnsRecordType> TypesOf(NetdnsRequestSpec request, IpFamily server) => request.RecordType switch
    {
        "A" => [DnsRecordType.A],
        "AAAA" => [DnsRecordType.AAAA],
        "both" => [DnsRecordType.A, DnsRecordType.AAAA],
        _ => [server == IpFamily.IPv4 ? DnsRecordType.A : DnsRecordType.AAAA],
    };

    private static DnsRequestPlan Request(NetdnsRequestSpec request, DnsRecordType type) => new()
    {
        Domain = request.Domain,
        Type = type,
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
