namespace Kdoctor.Probing.Dns;

/// <summary>What a well-formed answer says.</summary>
/// <param name="Code">The reply code, the bits of EDNS included where the answer has them.</param>
/// <param name="Truncated">Whether the server left out what did not fit (TC); nothing behind the question was looked at then.</param>
/// <param name="Records">Records of the type asked for that belong to the name asked for, or to the one that it stands for.</param>
internal readonly record struct DnsAnswer(int Code, bool Truncated, int Records);
