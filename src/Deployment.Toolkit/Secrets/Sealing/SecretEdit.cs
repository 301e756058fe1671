namespace Deployment.Toolkit.Secrets.Sealing;

/// <summary>One change of many that are sealed together.</summary>
/// <param name="Name">The secret.</param>
/// <param name="Value">Its new value; <see langword="null"/> to take it out.</param>
/// <param name="Version">The newest version when it was read; 0 when there was none.</param>
/// <param name="Validity">When the new value is good.</param>
internal sealed record SecretEdit(string Name, Secret? Value, long Version, SealedValidity Validity);
