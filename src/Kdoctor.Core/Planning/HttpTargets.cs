using System.Collections.Immutable;
using Kdoctor.Core.Tasks;

namespace Kdoctor.Core.Planning;

/// <summary>The application that a task asks, with the body and the TLS that the task takes from objects of the cluster.</summary>
internal static class HttpTargets
{
    /// <summary>Where an object cannot be had nothing is asked at all: a request without its body, or to a server that is not verified, is not the one that the task describes.</summary>
    public static FoundTargets Find(HttpQuery query, ClusterSnapshot snapshot)
    {
        var request = RequestMaterial.Fill(query.Request, snapshot.Contents ?? ImmutableDictionary<ObjectReference, ObjectContent>.Empty, out var problem);
        if (problem is not null)
            return FoundTargets.None(Channel.Application, null, problem);
        var literal = query.Url.HostNameType is UriHostNameType.IPv6 or UriHostNameType.IPv4;
        var host = query.Url.HostNameType == UriHostNameType.IPv6 ? query.Url.DnsSafeHost : query.Url.IdnHost;
        var shown = Credentials.HiddenIn(query.Url.AbsoluteUri);
        return FoundTargets.One(new Target
        {
            Index = 0,
            Name = shown,
            Channel = Channel.Application,
            Family = literal ? EchoAddress.FamilyOf(host) : null,
            Host = host,
            Port = query.Url.Port,
            Url = shown,
            Request = request,
        }) with { Notes = query.Note is { } note ? [note] : [] };
    }
}
