using System.Collections.Immutable;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using Kdoctor.Agent.Dialling;
using Kdoctor.Core.Planning;

namespace Kdoctor.Agent.Hosting;

/// <summary>One agent's settings.</summary>
public sealed record AgentOptions
{
    /// <summary>Its identity, the same after every restart: the pod's uid, or a host's; 1 to 128 printable ASCII characters without spaces.</summary>
    public required string AgentId { get; init; }

    /// <summary>The name that reports give it.</summary>
    public required string Name { get; init; }

    /// <summary>The node or host that it runs on.</summary>
    public required string NodeName { get; init; }

    /// <summary>Where the controller is, <c>https://HOST:PORT</c> each, tried in turn; 1 to 16.</summary>
    public required ImmutableArray<Uri> Controllers { get; init; }

    /// <summary>Further addresses, tried after those that the controller told; at most 16, default none.</summary>
    public ImmutableArray<Uri> LastControllers { get; init; } = [];

    /// <summary>The name that the controller's certificate must have, whatever address is dialled; null for the address's own.</summary>
    public string? ServerName { get; init; }

    /// <summary>The secret that lets agents join; null when <see cref="TokenFile"/> is given.</summary>
    public string? JoinToken { get; init; }

    /// <summary>The file that holds the agent's token, read again at every dial because it is renewed; null when <see cref="JoinToken"/> is given.</summary>
    public string? TokenFile { get; init; }

    /// <summary>The certificate of the authority that signed the controller's. This, <see cref="AuthorityPin"/> or <see cref="AuthorityFile"/>.</summary>
    public X509Certificate2? Authority { get; init; }

    /// <summary>That authority's pin, <c>sha256:HEX</c> of its SubjectPublicKeyInfo.</summary>
    public string? AuthorityPin { get; init; }

    /// <summary>The file that holds the authorities' certificates, PEM, read again at every dial because they are renewed.</summary>
    public string? AuthorityFile { get; init; }

    /// <summary>Where the echo listens, and what peers are told; 1 to 64.</summary>
    public required ImmutableArray<EchoBinding> Echo { get; init; }

    /// <summary>Whether probes are sent from the agent's own first address of the target's family; default false, the kernel chooses.</summary>
    public bool SendFromOwnAddress { get; init; }

    /// <summary>The port on which the kubelet asks for health, on every address; null for none.</summary>
    public int? HealthPort { get; init; }

    /// <summary>How long a stopping agent may take to end its rounds and to hand in their results; default 0, they are cut short.</summary>
    public TimeSpan StopWithin { get; init; }

    /// <summary>Everything that is wrong with these options; empty when nothing is.</summary>
    public IEnumerable<string> Problems()
    {
        foreach (var (what, text, longest) in new[] { ("identity", AgentId, 128), ("name", Name, 253), ("node name", NodeName, 253) })
        {
            if (text.Length < 1 || text.Length > longest || text.Any(character => character is <= ' ' or > '~'))
                yield return $"the agent's {what} is '{text}'; it must be 1 to {longest} printable ASCII characters without spaces";
        }
        if (Controllers.IsDefaultOrEmpty || Controllers.Length > 16)
            yield return "1 to 16 controller addresses are needed";
        if (LastControllers.Length > 16)
            yield return "at most 16 last controller addresses are possible";
        foreach (var controller in (Controllers.IsDefault ? [] : Controllers).Concat(LastControllers))
        {
            if (controller.Scheme != Uri.UriSchemeHttps)
                yield return $"the controller's address {controller} is not https";
        }
        if (JoinToken is null == TokenFile is null)
            yield return "either a join token or a file with a token is needed, and not both";
        if (JoinToken is { Length: 0 })
            yield return "the join token is empty";
        if (new object?[] { Authority, AuthorityPin, AuthorityFile }.Count(given => given is not null) != 1)
            yield return "one of the authority's certificate, its file and its pin is needed, and no two";
        if (AuthorityPin is not null && !AuthorityTrust.IsPin(AuthorityPin))
            yield return $"the authority's pin is '{AuthorityPin}'; it must be sha256: and 64 hexadecimal digits";
        if (Echo.IsDefaultOrEmpty || Echo.Length > 64)
            yield return "1 to 64 echo addresses are needed";
    }
}

/// <summary>One address of an agent's echo.</summary>
/// <param name="Network"><see cref="EchoAddress.PrimaryNetwork"/>, or the name of a further interface.</param>
/// <param name="Listen">Where to listen, with port 0 on one that the kernel chooses; may be the unspecified address, then <paramref name="Advertise"/> is needed.</param>
/// <param name="Advertise">The address that peers use; null for that of <paramref name="Listen"/>.</param>
public sealed record EchoBinding(string Network, IPEndPoint Listen, IPAddress? Advertise = null);
