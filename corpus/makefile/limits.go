package makefile

// The limits of what is made of a port, beside those of a Makefile.
const (
	// maxLookupWork is the same for one question to a port that was read.
	maxLookupWork = 2 << 20
	// maxVariants is how many other choices (options, flavours, undecided
	// conditions) are tried to find conditional words.
	maxVariants = 64
	// maxVariantSteps and maxVariantWork are maxSteps and maxWork for all of them together.
	maxVariantSteps = 200_000
	maxVariantWork  = 24 << 20
	// maxWords is how many words of one variable AllWords gives.
	maxWords = 2000
	// maxSearch is how many variables are looked at to find what another depends on.
	maxSearch = 300
	// maxOptions is how many options a port may have, those of groups included; ports have up to 150.
	maxOptions = 1000
	// maxFlavors is how many flavours a port may have.
	maxFlavors = 1000
	// maxUses is how many USES a port may have, and maxUseArgs how many arguments one of them.
	maxUses    = 200
	maxUseArgs = 200
	// largeReading is the memory from which on an evaluation is dropped when others
	// follow it, and made again when it is asked for, in bytes; that of a real port takes up to 600 kB.
	largeReading = 1 << 20
	// maxLarge is how many of those are kept.
	maxLarge = 12
)
