using System.Text;
using Kdoctor.Core.Results;

namespace Kdoctor.Probing.Tls;

/// <summary>
/// The certificates that the peers of one target showed and that nobody verifies. Each connection's is compared with those that are known; only a new one
/// is read, and at most <see cref="TargetShard.MaxCertificates"/> are.
/// </summary>
/// <param name="name">The name asked for; null where it is an address, of which no certificate need speak.</param>
internal sealed unsafe class ShownCertificates(string? name) : IDisposable
{
    private readonly List<nint> handles = [];
    private readonly List<PeerCertificate> known = [];

    /// <summary>Those that came, in the order in which they came.</summary>
    internal IReadOnlyList<PeerCertificate> Known => known;

    /// <summary>Looks at what the peer of a session has shown, once its handshake is done.</summary>
    internal void Look(nint session)
    {
        var chain = OpenSsl.PeerChain(session);
        var shown = chain == 0 ? 0 : OpenSsl.StackValue(chain, 0);
        if (shown == 0)
            return;
        var place = handles.FindIndex(handle => OpenSsl.CompareCertificates(handle, shown) == 0);
        if (place >= 0)
        {
            known[place] = known[place] with { Connections = known[place].Connections + 1 };
            return;
        }
        if (handles.Count == TargetShard.MaxCertificates || CertificateReader.Read(Der(shown), IsForName(shown)) is not { } read || OpenSsl.KeepCertificate(shown) != 1)
            return;
        handles.Add(shown);
        known.Add(read);
    }

    public void Dispose()
    {
        foreach (var handle in handles)
            OpenSsl.FreeCertificate(handle);
        handles.Clear();
    }

    private static byte[] Der(nint shown)
    {
        var der = new byte[Math.Max(0, OpenSsl.WriteCertificate(shown, null))];
        fixed (byte* start = der)
        {
            var bytes = start;
            if (der.Length > 0)
                _ = OpenSsl.WriteCertificate(shown, &bytes);
        }
        return der;
    }

    private bool? IsForName(nint shown)
    {
        if (name is null)
            return null;
        var text = Encoding.ASCII.GetBytes(name);
        fixed (byte* bytes = text)
        {
            var answer = OpenSsl.CheckHost(shown, bytes, (nuint)text.Length, 0, 0);
            if (answer < 0)
                OpenSsl.ClearErrors();
            return answer == 1;
        }
    }
}
