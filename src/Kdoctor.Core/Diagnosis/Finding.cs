namespace Kdoctor.Core.Diagnosis;

/// <summary>A component that a round's failures point at, in plain words.</summary>
/// <param name="Component">What is blamed, for example <c>node port of node-3</c>.</param>
/// <param name="Evidence">Why: who failed there and how, and who did not.</param>
public sealed record Finding(string Component, string Evidence);
