namespace Deployment.Toolkit.Promotion;

/// <summary>Somebody answers for an environment that breaks a policy.</summary>
internal sealed record PolicyWaiver(string Environment, DateOnly Until, string By, string Reason);
