namespace Kdoctor.Controller.Certificates;

/// <summary>How long certificates live. Constants, not settings: nobody is helped by others, and a rotation that never runs is one that does not work.</summary>
internal static class CertificateLives
{
    /// <summary>How long an authority is good.</summary>
    public static readonly TimeSpan Authority = TimeSpan.FromDays(3650);

    /// <summary>How long before its end an authority gets a successor.</summary>
    public static readonly TimeSpan AuthorityRenewal = TimeSpan.FromDays(365);

    /// <summary>How long a serving certificate is good.</summary>
    public static readonly TimeSpan Serving = TimeSpan.FromDays(90);

    /// <summary>How long before its end a serving certificate is replaced.</summary>
    public static readonly TimeSpan ServingRenewal = TimeSpan.FromDays(30);

    /// <summary>
    /// How long a new authority is made known before anything is signed with it, and how long an old one is still made known after the last certificate
    /// that it signed was replaced. Kubelets bring a changed ConfigMap to a pod within minutes; a day covers nodes that are away for a while.
    /// </summary>
    public static readonly TimeSpan Overlap = TimeSpan.FromDays(1);

    /// <summary>By how much certificates are dated back, for clocks that are behind.</summary>
    public static readonly TimeSpan Skew = TimeSpan.FromHours(1);
}
